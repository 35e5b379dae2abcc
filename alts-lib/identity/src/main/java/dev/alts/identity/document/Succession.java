package dev.alts.identity.document;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.alts.identity.Bytes;
import dev.alts.wire.handshake.v1.SignedDocument;
import java.util.ArrayList;
import java.util.List;

/**
 * Follows a trust domain from what a verifier holds to its newest trust document, across changes of
 * the root: for each root that has gone there is a bridge, its last document, which names the next
 * root (handshake.md section 2). Who was away while the root changed follows the bridges.
 */
public final class Succession {
  /** More successions than a verifier will follow at once. */
  public static final int MAX_BRIDGES = 16;

  private Succession() {}

  /**
   * {@return the newest document, verified from the one that is held}
   *
   * @param bridges oldest first; those that are not newer than {@code held} are skipped
   */
  public static TrustDocument follow(
      TrustDocument held, List<SignedDocument> bridges, SignedDocument newest)
      throws InvalidDocumentException {
    requireFew(bridges);
    TrustDocument present = held;
    for (SignedDocument bridge : bridges) {
      if (body(bridge).getSequence() > present.sequence()) {
        present = TrustDocument.openSuccessor(bridge, present);
      }
    }
    return TrustDocument.openSuccessor(newest, present);
  }

  /**
   * {@return the newest document, verified from a pinned root alone}
   *
   * @param bridges oldest first; what lies before the pinned root is skipped
   */
  public static TrustDocument begin(
      RootFingerprint pinned, List<SignedDocument> bridges, SignedDocument newest)
      throws InvalidDocumentException {
    requireFew(bridges);
    List<SignedDocument> all = new ArrayList<>(bridges);
    all.add(newest);
    for (int i = 0; i < bridges.size(); i++) {
      Bytes root = Bytes.copyOf(body(all.get(i)).getRootSpki().asReadOnlyByteBuffer());
      if (RootFingerprint.of(root).equals(pinned)) {
        TrustDocument first = TrustDocument.open(all.get(i), pinned);
        return follow(first, bridges.subList(i + 1, bridges.size()), newest);
      }
    }
    return TrustDocument.open(newest, pinned);
  }

  private static void requireFew(List<SignedDocument> bridges) throws InvalidDocumentException {
    if (bridges.size() > MAX_BRIDGES) {
      throw new InvalidDocumentException(
          "trust document: %d changes of the root (expected: at most %d)"
              .formatted(bridges.size(), MAX_BRIDGES));
    }
  }

  /** What a document says of itself; only for choosing, it is verified when it is used. */
  private static dev.alts.wire.handshake.v1.TrustDocument body(SignedDocument document)
      throws InvalidDocumentException {
    if (document.getBody().size() > TrustDocument.MAX_BYTES) {
      throw new InvalidDocumentException("trust document: longer than 1 MiB");
    }
    try {
      return dev.alts.wire.handshake.v1.TrustDocument.parseFrom(document.getBody());
    } catch (InvalidProtocolBufferException e) {
      throw new InvalidDocumentException("trust document: malformed", e);
    }
  }
}
