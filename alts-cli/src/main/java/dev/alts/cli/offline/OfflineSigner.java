package dev.alts.cli.offline;

import dev.alts.identity.Bytes;
import dev.alts.identity.document.DocumentType;
import dev.alts.identity.document.InvalidDocumentException;
import dev.alts.identity.document.RootFingerprint;
import dev.alts.identity.document.SignedDocuments;
import dev.alts.identity.document.TrustDocument;
import dev.alts.wire.handshake.v1.SignedDocument;

/** Signs trust documents with an offline root, and nothing that is none of this root's. */
public final class OfflineSigner {
  private final RootKeyFile root;

  public OfflineSigner(RootKeyFile root) {
    this.root = root;
  }

  /** A document, signed, and what it says. */
  public record Signed(SignedDocument document, TrustDocument says) {}

  /**
   * {@return {@code body}, signed}
   *
   * @throws InvalidDocumentException if it is no trust document of this root, or gives the domain
   *     to another root
   */
  public Signed sign(Bytes body) throws InvalidDocumentException {
    SignedDocument signed =
        SignedDocuments.sign(
            DocumentType.TRUST_DOCUMENT, body.toByteArray(), root.key(), root.spki());
    TrustDocument says = TrustDocument.open(signed, RootFingerprint.of(root.spki()));
    // export never asks for it; a CA that was taken over would hand the domain to its own root.
    if (says.successorRootSpki() != null) {
      throw new InvalidDocumentException(
          "trust document %d names another root as the successor of this one"
              .formatted(says.sequence()));
    }
    return new Signed(signed, says);
  }
}
