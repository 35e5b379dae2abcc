package dev.alts.ca.revocation;

import dev.alts.api.machine.v1.WatchResponse;
import dev.alts.ca.authority.DocumentSigner;
import dev.alts.ca.authority.TrustDocuments;
import dev.alts.ca.watch.WatchLog;
import dev.alts.ca.watch.WatchTopic;
import dev.alts.identity.Bytes;
import dev.alts.identity.document.DocumentType;
import dev.alts.identity.document.TrustDocument;
import dev.alts.wire.handshake.v1.RevocationList;
import dev.alts.wire.handshake.v1.SignedDocument;
import java.time.Instant;
import java.util.Optional;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionTemplate;

/** The signed list in force (handshake.md section 7). Thread-safe; replicas sign one by one. */
@Service
public class RevocationLists {
  private final RevocationStore store;
  private final TransactionTemplate transactions;
  private final TrustDocuments trust;
  private final DocumentSigner signer;
  private final WatchLog watch;
  private final RevocationTimes times;

  RevocationLists(
      RevocationStore store,
      TransactionTemplate transactions,
      Signing signing,
      WatchLog watch,
      RevocationTimes times) {
    this.store = store;
    this.transactions = transactions;
    this.trust = signing.trust();
    this.signer = signing.signer();
    this.watch = watch;
    this.times = times;
  }

  /** What a list is signed with and what it refers to. */
  public record Signing(TrustDocuments trust, DocumentSigner signer) {}

  /** {@return the list in force, or empty before the first start is complete} */
  public Optional<SignedDocument> current() {
    return store.current().map(RevocationStore.Signed::document);
  }

  /**
   * Signs and pushes a list of everything that is revoked, in the caller's transaction if there is
   * one.
   *
   * @return its counter
   */
  long sign() {
    return transactions.execute(status -> {
      // The counter's row lock is taken first: lists are signed in the order of their counters.
      long counter = store.lockAndCount();
      if (isAheadOfUs()) {
        trust.catchUp();
      }
      Instant now = Instant.ofEpochSecond(store.now().getEpochSecond());
      TrustDocument document = trust.current().parsed();
      RevocationList list =
          RevocationList.newBuilder()
              .setTrustDomain(document.trustDomain().name())
              .setTrustDocumentSequence(document.sequence())
              .setCounter(counter)
              .setIssuedAt(now.getEpochSecond())
              .setFreshForSeconds(Math.toIntExact(times.freshFor().toSeconds()))
              .setValidUntil(now.plus(times.validFor()).getEpochSecond())
              .addAllEntries(store.entriesInForce())
              .build();
      SignedDocument signed = signer.sign(DocumentType.REVOCATION_LIST, list.toByteArray());
      store.store(counter, document.sequence(), signed, now);
      watch.publish(
          WatchTopic.REVOCATION_LIST,
          "",
          WatchResponse.newBuilder().setRevocationList(signed).build());
      return counter;
    });
  }

  /** Signs again if a third of fresh-for has passed, or trust document or key are newer. */
  public void refresh() {
    transactions.executeWithoutResult(status -> {
      Optional<RevocationStore.Signed> signed = store.current();
      boolean due =
          signed
              .map(list ->
                  list.trustDocumentSequence() < trust.current().parsed().sequence()
                      || !key(list.document())
                          .equals(signer.keySpkiSha256(DocumentType.REVOCATION_LIST))
                      || !store.now().isBefore(list.issuedAt().plus(times.freshFor().dividedBy(3))))
              .orElse(true);
      if (due) {
        sign();
      }
    });
  }

  /** A list under an older trust document than the last one's would be older, whatever it says. */
  private boolean isAheadOfUs() {
    return store
        .current()
        .filter(list -> list.trustDocumentSequence() > trust.current().parsed().sequence())
        .isPresent();
  }

  private static Bytes key(SignedDocument document) {
    return Bytes.copyOf(document.getKeySpkiSha256().asReadOnlyByteBuffer());
  }
}
