package dev.alts.identity.document;

import com.google.protobuf.ByteString;
import dev.alts.identity.Bytes;
import dev.alts.identity.crypto.EcdsaP256;
import dev.alts.identity.crypto.Sha256;
import dev.alts.wire.handshake.v1.SignedDocument;
import java.security.PrivateKey;
import java.util.List;
import java.util.function.UnaryOperator;

/** Signs documents, and opens them with one of the keys that may sign their type. */
public final class SignedDocuments {
  private SignedDocuments() {}

  /**
   * {@return {@code body} signed as a document of this type with the key whose public half is
   * given}
   */
  public static SignedDocument sign(
      DocumentType type, byte[] body, PrivateKey key, Bytes publicKeySpki) {
    return sign(type, body, publicKeySpki, input -> EcdsaP256.best().sign(key, input));
  }

  /**
   * {@return {@code body} signed as a document of this type by {@code signer}, whose private key
   * may be where only it can reach}
   *
   * @param signer from bytes to their DER signature, ECDSA P-256 with SHA-256
   */
  public static SignedDocument sign(
      DocumentType type, byte[] body, Bytes publicKeySpki, UnaryOperator<byte[]> signer) {
    byte[] signature = signer.apply(type.signatureInput(body));
    return SignedDocument.newBuilder()
        .setBody(ByteString.copyFrom(body))
        .setSignature(ByteString.copyFrom(signature))
        .setKeySpkiSha256(ByteString.copyFrom(Sha256.of(publicKeySpki).asByteBuffer()))
        .build();
  }

  /**
   * {@return the body, after its signature was verified with the one of {@code keys} that the
   * document names}
   */
  static byte[] open(DocumentType type, SignedDocument document, List<Bytes> keys, int maxBodyBytes)
      throws InvalidDocumentException {
    String title = type.title();
    if (document.getBody().isEmpty() || document.getBody().size() > maxBodyBytes) {
      throw new InvalidDocumentException(
          "%s: %d bytes (expected: 1 to %d)"
              .formatted(title, document.getBody().size(), maxBodyBytes));
    }
    Bytes named = Bytes.copyOf(document.getKeySpkiSha256().asReadOnlyByteBuffer());
    Bytes key =
        keys.stream()
            .filter(candidate -> Sha256.of(candidate).equals(named))
            .findFirst()
            .orElseThrow(() ->
                new InvalidDocumentException(
                    "%s: signed by a key that may not sign it (%s)".formatted(title, named)));
    byte[] body = document.getBody().toByteArray();
    EcdsaP256 ecdsa = EcdsaP256.best();
    try {
      boolean good =
          ecdsa.verify(
              ecdsa.decodePublicKey(key),
              type.signatureInput(body),
              document.getSignature().toByteArray());
      if (!good) {
        throw new InvalidDocumentException(title + ": signature does not verify");
      }
    } catch (IllegalArgumentException e) {
      throw new InvalidDocumentException(title + ": signing key (expected: P-256)", e);
    }
    return body;
  }
}
