package dev.alts.ca.checkpoint;

import dev.alts.ca.audit.AuditChains;
import dev.alts.ca.audit.AuditFinding;
import dev.alts.ca.audit.AuditFinding.What;
import dev.alts.ca.audit.ChainHead;
import dev.alts.ca.audit.ChainHeads;
import dev.alts.ca.authority.TrustDocuments;
import dev.alts.identity.Bytes;
import dev.alts.identity.document.AuditCheckpoint;
import dev.alts.identity.document.InvalidDocumentException;
import dev.alts.wire.handshake.v1.SignedDocument;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Goes through the whole log and compares it with what was signed about it. Thread-safe.
 *
 * <p>Whoever can write the database can change every row, but cannot sign: events are judged by the
 * checkpoints, checkpoints by the audit keys that the root named, and the end of the log by what
 * witnesses kept.
 */
public final class AuditVerification {
  private final CheckpointStore store;
  private final AuditChains chains;
  private final TrustDocuments trust;
  private final TransactionTemplate oneState;

  AuditVerification(
      CheckpointStore store,
      AuditChains chains,
      TrustDocuments trust,
      TransactionTemplate oneState) {
    this.store = store;
    this.chains = chains;
    this.trust = trust;
    this.oneState = oneState;
  }

  /**
   * Verifies everything.
   *
   * @param witnesses checkpoints that were kept elsewhere
   */
  public AuditReport verify(List<SignedDocument> witnesses) {
    AuditReport report =
        oneState.execute(status -> {
          List<Bytes> keys = trust.current().parsed().auditKeys();
          List<AuditFinding> findings = new ArrayList<>();
          CheckpointReplay replay = new CheckpointReplay(keys, findings);
          replay(replay);
          Map<Long, ChainHead> now = chains.heads().byChain();
          compare(replay.heads(), now, findings);
          findings.addAll(chains.verify(replay.marks()));
          List<Bytes> everKeys = new ArrayList<>(keys);
          everKeys.addAll(replay.formerKeys());
          witnesses.forEach(witness -> witness(witness, everKeys, replay).ifPresent(findings::add));
          return new AuditReport(
              now.size(),
              now.values().stream().mapToLong(head -> head.sequence() - head.baseSequence()).sum(),
              replay.count(),
              replay.last(),
              findings);
        });
    if (report == null) {
      throw new AssertionError("the callback never returns null");
    }
    return report;
  }

  private void replay(CheckpointReplay replay) {
    List<CheckpointStore.Change> changes = new ArrayList<>();
    store.changes(changes::add);
    int next = 0;
    long number = 0;
    List<KeptCheckpoint> page = store.after(number, 1000);
    while (!page.isEmpty()) {
      for (KeptCheckpoint checkpoint : page) {
        number = checkpoint.number();
        while (next < changes.size() && changes.get(next).checkpoint() <= number) {
          replay.change(changes.get(next++));
        }
        replay.checkpoint(checkpoint);
      }
      page = store.after(number, 1000);
    }
    replay.end();
  }

  /** Chains may only have grown since the latest checkpoint. */
  private static void compare(
      ChainHeads signed, Map<Long, ChainHead> now, List<AuditFinding> findings) {
    for (ChainHead head : signed.byChain().values()) {
      if (!now.containsKey(head.chainId())) {
        findings.add(
            new AuditFinding(
                What.MISSING, "chain " + head.chainId(), "the whole chain is missing"));
      }
    }
    for (ChainHead head : now.values()) {
      ChainHead before = signed.byChain().get(head.chainId());
      long base = before == null ? 0 : before.baseSequence();
      boolean sameBase =
          head.baseSequence() == base
              && (before == null || head.baseHash().equals(before.baseHash()));
      if (!sameBase) {
        findings.add(
            new AuditFinding(
                What.MISSING,
                "chain " + head.chainId(),
                "its events up to %d are gone, and no checkpoint says that they were dropped"
                    .formatted(head.baseSequence())));
      }
    }
  }

  private Optional<AuditFinding> witness(
      SignedDocument witness, List<Bytes> keys, CheckpointReplay replay) {
    AuditCheckpoint kept;
    try {
      kept = AuditCheckpoint.open(witness, keys);
    } catch (InvalidDocumentException e) {
      return Optional.of(
          new AuditFinding(What.CHECKPOINT_ALTERED, "witness", String.valueOf(e.getMessage())));
    }
    String where = "checkpoint " + kept.number();
    if (kept.number() < replay.first()) {
      // Older than what the database keeps: it can say nothing any more.
      return Optional.empty();
    }
    Optional<KeptCheckpoint> ours = store.find(kept.number());
    if (ours.isEmpty()) {
      return Optional.of(
          new AuditFinding(
              What.CHECKPOINT_MISSING,
              where,
              "a witness has it, the database ends at %d: the log was cut back or restored"
                  .formatted(replay.last())));
    }
    if (!ours.get().signed().getBody().equals(witness.getBody())) {
      return Optional.of(
          new AuditFinding(
              What.FORKED, where, "a witness has another one: the log has two histories"));
    }
    return Optional.empty();
  }
}
