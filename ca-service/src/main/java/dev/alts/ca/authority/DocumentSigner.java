package dev.alts.ca.authority;

import dev.alts.identity.Bytes;
import dev.alts.identity.document.DocumentType;
import dev.alts.wire.handshake.v1.SignedDocument;

/**
 * Signs revocation lists, naming policies and audit checkpoints, each with the key that the trust
 * document names for it alone. Thread-safe.
 */
public interface DocumentSigner {
  /**
   * {@return {@code body}, signed}
   *
   * @throws IllegalArgumentException for a type that is not signed here: trust documents are the
   *     root's, handshake certificates their holder's
   */
  SignedDocument sign(DocumentType type, byte[] body);

  /** {@return SHA-256 of the public key that signs documents of this type now} */
  Bytes keySpkiSha256(DocumentType type);
}
