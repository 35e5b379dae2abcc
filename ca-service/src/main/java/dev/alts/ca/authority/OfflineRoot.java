package dev.alts.ca.authority;

import dev.alts.ca.configuration.CaSettings;
import dev.alts.identity.Bytes;
import dev.alts.identity.EntityKind;
import dev.alts.identity.document.InvalidDocumentException;
import dev.alts.identity.document.RootFingerprint;
import dev.alts.identity.document.TrustDocument;
import dev.alts.wire.handshake.v1.SignedDocument;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Lets the CA run without its root's private key: trust documents for the time to come and for the
 * planned rotation go out, are signed elsewhere, and come back. A document is published when what
 * it says is true, and at no other time. Thread-safe.
 */
public final class OfflineRoot {
  private static final int MAX_DOCUMENTS = 500;

  private final TransactionTemplate transaction;
  private final CaSettings settings;
  private final Foundation foundation;
  private final AuthorityRows authorities;
  private final RootRows roots;
  private final AheadRows ahead;
  private final TrustDomainKeeper keeper;

  OfflineRoot(
      TransactionTemplate transaction,
      CaSettings settings,
      Foundation foundation,
      Rows rows,
      TrustDomainKeeper keeper) {
    this.transaction = transaction;
    this.settings = settings;
    this.foundation = foundation;
    this.authorities = rows.authorities();
    this.roots = rows.roots();
    this.ahead = rows.ahead();
    this.keeper = keeper;
  }

  record Rows(AuthorityRows authorities, RootRows roots, AheadRows ahead) {}

  /**
   * What the root is asked to sign.
   *
   * @param bodies of trust documents
   */
  public record SigningRequest(RootFingerprint root, List<Bytes> bodies) {
    public SigningRequest {
      bodies = List.copyOf(bodies);
    }
  }

  /**
   * What came back.
   *
   * @param until end of the last document
   */
  public record ImportReceipt(int documents, Instant until) {}

  /**
   * {@return documents that cover {@code until} in every state of the next rotation of the fleet}
   * The authorities that it will need are made here.
   *
   * @param each life of a document
   */
  public SigningRequest export(Duration each, Duration until, String requestedBy) {
    if (each.compareTo(Duration.ofMinutes(2)) < 0 || until.compareTo(each) < 0) {
      throw new IllegalArgumentException(
          "documents of %s for %s (expected: at least 2 min each, and at least one)"
              .formatted(each, until));
    }
    // Before they are made: by the minute for a century they would fill the memory.
    requireFew(until.dividedBy(each.dividedBy(2)));
    return transaction.execute(status -> {
      keeper.lock();
      RootStatus root = offlineRoot();
      for (EntityKind kind : RotationPlan.withoutSuccessor(authorities.all())) {
        var _ = foundation.addAuthority(settings, kind, null, AuthorityLife.PLANNED, requestedBy);
      }
      List<Bytes> bodies =
          keeper.plan(RotationPlan.statesFrom(authorities.all()), root.spki(), each, until).stream()
              .map(document -> Bytes.copyOf(document.toWire().toByteArray()))
              .toList();
      requireFew(bodies.size());
      return new SigningRequest(root.fingerprint(), bodies);
    });
  }

  private static void requireFew(long documents) {
    if (documents > MAX_DOCUMENTS) {
      throw new IllegalArgumentException(
          "%d documents (expected: at most %d); let each live longer"
              .formatted(documents, MAX_DOCUMENTS));
    }
  }

  /**
   * Keeps documents that the offline root has signed.
   *
   * @throws IllegalArgumentException if one is not its, not of this domain, or too old; none is
   *     kept then
   */
  public ImportReceipt importSigned(List<SignedDocument> documents) {
    ImportReceipt receipt =
        transaction.execute(status -> {
          keeper.lock();
          RootStatus root = offlineRoot();
          for (SignedDocument signed : documents) {
            ahead.insert(signed, verified(signed, root));
          }
          return new ImportReceipt(
              documents.size(),
              ahead
                  .lastUntil()
                  .orElseThrow(() ->
                      new IllegalArgumentException("documents: none (expected: at least one)")));
        });
    keeper.refresh();
    return receipt;
  }

  private TrustDocument verified(SignedDocument signed, RootStatus root) {
    try {
      TrustDocument document = TrustDocument.open(signed, root.fingerprint());
      if (!document.trustDomain().equals(settings.trustDomain())) {
        throw new IllegalArgumentException(
            "trust document of %s (expected: of %s)"
                .formatted(document.trustDomain(), settings.trustDomain()));
      }
      long newest = keeper.current().parsed().sequence();
      if (document.sequence() <= newest) {
        throw new IllegalArgumentException(
            "trust document %d (expected: above %d, which is published); export again"
                .formatted(document.sequence(), newest));
      }
      return document;
    } catch (InvalidDocumentException e) {
      throw new IllegalArgumentException(String.valueOf(e.getMessage()), e);
    }
  }

  /** {@return the root that is offline: the successor, if it is, else the present one} */
  private RootStatus offlineRoot() {
    return roots.all().stream()
        .filter(root -> root.state() != RootState.RETIRED && root.keyId() == null)
        .max((one, other) -> one.preparedAt().compareTo(other.preparedAt()))
        .orElseThrow(() ->
            new IllegalStateException(
                "The root's key is here and signs by itself. To take it offline: altsctl"
                    + " authority root prepare --public-key BASE64."));
  }
}
