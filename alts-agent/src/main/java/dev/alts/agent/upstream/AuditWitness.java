package dev.alts.agent.upstream;

import dev.alts.identity.document.AuditCheckpoint;
import dev.alts.identity.document.InvalidDocumentException;
import dev.alts.identity.document.TrustDocument;
import dev.alts.wire.handshake.v1.SignedDocument;
import java.io.IOException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the newest checkpoint of the CA's audit log, over restarts: whoever cuts or rewrites the
 * log cannot do so on every machine of the domain. Used by one thread.
 */
final class AuditWitness {
  private static final Logger logger = LoggerFactory.getLogger(AuditWitness.class);

  private final MachineStore store;

  AuditWitness(MachineStore store) {
    this.store = store;
  }

  /**
   * Takes over a checkpoint.
   *
   * @throws InvalidDocumentException if no audit key signed it, or it is not behind the one that is
   *     kept: the log was cut back, restored, or has two histories
   */
  void take(SignedDocument signed, TrustDocument trust) throws InvalidDocumentException {
    AuditCheckpoint next = AuditCheckpoint.open(signed, trust);
    Optional<SignedDocument> kept = kept();
    if (kept.isPresent()) {
      // Verified when it was taken; the key that signed it may have gone from the document since.
      require(next, signed, AuditCheckpoint.readUnverified(kept.get()), kept.get());
    }
    try {
      store.saveCheckpoint(signed);
    } catch (IOException e) {
      logger.error("audit checkpoint {}: not stored", next.number(), e);
    }
  }

  private static void require(
      AuditCheckpoint next, SignedDocument signed, AuditCheckpoint kept, SignedDocument keptSigned)
      throws InvalidDocumentException {
    if (next.number() < kept.number()) {
      throw new InvalidDocumentException(
          "audit checkpoint: number %d (expected: at least %d): the CA's audit log was cut back or restored"
              .formatted(next.number(), kept.number()));
    }
    boolean fork =
        next.number() == kept.number()
            ? !signed.getBody().equals(keptSigned.getBody())
            : next.number() == kept.number() + 1
                && !next.previousSha256().equals(AuditCheckpoint.sha256(keptSigned));
    if (fork) {
      throw new InvalidDocumentException(
          "audit checkpoint: number %d does not follow the one that is kept: the CA's audit log has two histories"
              .formatted(next.number()));
    }
  }

  private Optional<SignedDocument> kept() {
    try {
      return store.loadCheckpoint();
    } catch (IOException e) {
      logger.error("audit checkpoint: the one that is kept cannot be read", e);
      return Optional.empty();
    }
  }
}
