package dev.alts.cli.ca;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.alts.identity.Bytes;
import dev.alts.identity.document.InvalidDocumentException;
import dev.alts.identity.document.RootFingerprint;
import dev.alts.identity.document.TrustDocument;
import dev.alts.wire.handshake.v1.SignedDocument;
import java.security.SecureRandom;

/**
 * The first meeting with a CA: its trust document, fetched from whoever answers and believed only
 * because the root fingerprint in the user's code vouches for it. No secret is sent here.
 */
public final class FirstContact {
  private final Bytes encoded;
  private final TrustDocument document;

  private FirstContact(Bytes encoded, TrustDocument document) {
    this.encoded = encoded;
    this.document = document;
  }

  /** {@return the verified trust document of the CA at {@code address}} */
  public static FirstContact with(
      CaAddresses address, RootFingerprint pinned, SecureRandom random) {
    try (CaClient ca = new CaClient(address, CaTls.unauthenticated(random))) {
      byte[] body = ca.getProtobuf("/v1/trust-document");
      return new FirstContact(
          Bytes.copyOf(body), TrustDocument.open(SignedDocument.parseFrom(body), pinned));
    } catch (InvalidDocumentException | InvalidProtocolBufferException e) {
      throw CommandFailedException.failed(
          "what answers at %s is not the CA that made your code: %s"
              .formatted(address, e.getMessage()),
          "check the address (--ca HOST:PORT); the code has not been sent and is still good",
          e);
    }
  }

  /** {@return the encoded SignedDocument} */
  public Bytes encoded() {
    return encoded;
  }

  public TrustDocument document() {
    return document;
  }
}
