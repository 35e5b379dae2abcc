package dev.alts.ca.checkpoint;

import dev.alts.api.machine.v1.WatchResponse;
import dev.alts.ca.audit.AuditChains;
import dev.alts.ca.audit.ChainHead;
import dev.alts.ca.audit.ChainHeads;
import dev.alts.ca.authority.DocumentSigner;
import dev.alts.ca.authority.TrustDocuments;
import dev.alts.ca.configuration.AuditProperties;
import dev.alts.ca.watch.WatchLog;
import dev.alts.ca.watch.WatchTopic;
import dev.alts.identity.Bytes;
import dev.alts.identity.crypto.Sha256;
import dev.alts.identity.document.AuditCheckpoint;
import dev.alts.identity.document.DocumentType;
import dev.alts.identity.document.InvalidDocumentException;
import dev.alts.identity.document.TrustDocument;
import dev.alts.wire.handshake.v1.SignedDocument;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Signs checkpoints over the heads of all audit chains and publishes them. Thread-safe; replicas
 * sign one by one.
 */
public final class Checkpoints {
  private final CheckpointStore store;
  private final TransactionTemplate transactions;
  private final AuditChains chains;
  private final Signing signing;
  private final WatchLog watch;
  private final AuditProperties settings;
  private final AtomicLong seen = new AtomicLong();

  Checkpoints(
      CheckpointStore store,
      TransactionTemplate transactions,
      AuditChains chains,
      Signing signing,
      WatchLog watch,
      AuditProperties settings) {
    this.store = store;
    this.transactions = transactions;
    this.chains = chains;
    this.signing = signing;
    this.watch = watch;
    this.settings = settings;
  }

  /** What a checkpoint is signed with. */
  record Signing(TrustDocuments trust, DocumentSigner signer) {}

  /** Signs one if the log grew since the latest, or if that one is old. */
  public void signIfDue() {
    transactions.executeWithoutResult(status -> {
      store.lock();
      Optional<KeptCheckpoint> latest = latest();
      ChainHeads heads = chains.heads();
      boolean due =
          latest
              .map(kept ->
                  !parse(kept).headsSha256().equals(heads.sha256())
                      // A new key vouches at once for what the one before signed.
                      || !signing.trust().current().parsed().auditKeys().contains(kept.keySpki())
                      || !store.now().isBefore(kept.signedAt().plus(settings.checkpointAtLeast())))
              .orElse(true);
      if (due) {
        sign(latest, heads);
      }
      store.prune(settings.checkpointRetention());
    });
  }

  /** Signs what the caller's transaction has made of the log, if it is in one. */
  public void sign() {
    transactions.executeWithoutResult(status -> {
      store.lock();
      sign(latest(), chains.heads());
    });
  }

  /** {@return when the latest was signed: everything recorded before is covered} */
  public Optional<Instant> coveredUntil() {
    return store.latest().map(KeptCheckpoint::signedAt);
  }

  /** {@return up to which event each chain is covered} */
  public Map<Long, ChainHead> covered() {
    ChainHeads covered = new ChainHeads();
    store.latestHeads().forEach(covered::put);
    return Map.copyOf(covered.byChain());
  }

  /**
   * {@return the latest}
   *
   * <p>If the database knows less than this process saw, somebody cut it back or restored it:
   * signing on would make a second history look like the first.
   */
  private Optional<KeptCheckpoint> latest() {
    Optional<KeptCheckpoint> latest = store.latest();
    long number = latest.map(KeptCheckpoint::number).orElse(0L);
    if (number < seen.get()) {
      throw new IllegalStateException(
          "the database ends at audit checkpoint %d, but %d was signed: it was cut back or restored"
              .formatted(number, seen.get()));
    }
    seen.set(number);
    return latest;
  }

  private void sign(Optional<KeptCheckpoint> latest, ChainHeads heads) {
    Instant now = store.now();
    TrustDocument trust = signing.trust().current().parsed();
    AuditCheckpoint checkpoint =
        new AuditCheckpoint(
            trust.trustDomain(),
            latest.map(KeptCheckpoint::number).orElse(0L) + 1,
            Instant.ofEpochSecond(now.getEpochSecond()),
            latest.map(kept -> AuditCheckpoint.sha256(kept.signed())).orElse(Bytes.empty()),
            heads.sha256(),
            heads.byChain().size(),
            heads.events());
    SignedDocument signed =
        signing.signer().sign(DocumentType.AUDIT_CHECKPOINT, checkpoint.toWire().toByteArray());
    Map<Long, ChainHead> before = covered();
    List<ChainHead> changed =
        heads.byChain().values().stream()
            .filter(head -> !head.equals(before.get(head.chainId())))
            .toList();
    store.insert(
        new KeptCheckpoint(checkpoint.number(), signed, spki(signed, trust), now), changed);
    watch.publish(
        WatchTopic.AUDIT_CHECKPOINT,
        "",
        WatchResponse.newBuilder().setAuditCheckpoint(signed).build());
  }

  private static Bytes spki(SignedDocument signed, TrustDocument trust) {
    Bytes named = Bytes.copyOf(signed.getKeySpkiSha256().asReadOnlyByteBuffer());
    return trust.auditKeys().stream()
        .filter(key -> Sha256.of(key).equals(named))
        .findFirst()
        .orElseThrow(
            () -> new IllegalStateException("the trust document does not name the audit key yet"));
  }

  static AuditCheckpoint parse(KeptCheckpoint kept) {
    try {
      return AuditCheckpoint.open(kept.signed(), List.of(kept.keySpki()));
    } catch (InvalidDocumentException e) {
      throw new IllegalStateException(
          "audit checkpoint %d in the database is damaged".formatted(kept.number()), e);
    }
  }
}
