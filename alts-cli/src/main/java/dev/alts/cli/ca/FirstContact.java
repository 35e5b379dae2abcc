package dev.alts.cli.ca;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.alts.api.machine.v1.GetTrustDocumentResponse;
import dev.alts.identity.Bytes;
import dev.alts.identity.document.InvalidDocumentException;
import dev.alts.identity.document.RootFingerprint;
import dev.alts.identity.document.Succession;
import dev.alts.identity.document.TrustDocument;
import dev.alts.wire.handshake.v1.SignedDocument;
import java.security.SecureRandom;
import java.util.Optional;

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
      GetTrustDocumentResponse answer = documents(ca);
      return new FirstContact(
          Bytes.copyOf(answer.getTrustDocument().toByteArray()),
          Succession.begin(pinned, answer.getBridgesList(), answer.getTrustDocument()));
    } catch (InvalidDocumentException | InvalidProtocolBufferException e) {
      throw CommandFailedException.failed(
          "what answers at %s is not the CA that made your code: %s"
              .formatted(address, e.getMessage()),
          "check the address (--ca HOST:PORT); the code has not been sent and is still good",
          e);
    }
  }

  /**
   * {@return the newest trust document, verified from the one that is held; empty: there is no
   * newer one} From whoever answers, since the CA may have an authority by now that the held one
   * does not name; nothing secret goes there.
   */
  public static Optional<FirstContact> again(
      CaAddresses address, TrustDocument held, SecureRandom random) {
    try (CaClient ca = new CaClient(address, CaTls.unauthenticated(random))) {
      GetTrustDocumentResponse answer = documents(ca);
      SignedDocument newest = answer.getTrustDocument();
      // A replica may not have heard of the newest one yet. Who lies here only keeps us as we are.
      if (dev.alts.wire.handshake.v1.TrustDocument.parseFrom(newest.getBody()).getSequence()
          <= held.sequence()) {
        return Optional.empty();
      }
      return Optional.of(
          new FirstContact(
              Bytes.copyOf(newest.toByteArray()),
              Succession.follow(held, answer.getBridgesList(), newest)));
    } catch (InvalidDocumentException | InvalidProtocolBufferException e) {
      throw CommandFailedException.failed(
          "what answers at %s is not the CA that you logged in to: %s"
              .formatted(address, e.getMessage()),
          "check the address (--ca); if the CA was set up anew, log in again",
          e);
    }
  }

  private static GetTrustDocumentResponse documents(CaClient ca)
      throws InvalidProtocolBufferException {
    Optional<byte[]> answer = ca.findProtobuf("/v1/trust-documents");
    if (answer.isPresent()) {
      return GetTrustDocumentResponse.parseFrom(answer.get());
    }
    // A CA from before its root could change has one document, and no ways to it from others.
    return GetTrustDocumentResponse.newBuilder()
        .setTrustDocument(SignedDocument.parseFrom(ca.getProtobuf("/v1/trust-document")))
        .build();
  }

  /** {@return the encoded SignedDocument} */
  public Bytes encoded() {
    return encoded;
  }

  public TrustDocument document() {
    return document;
  }
}
