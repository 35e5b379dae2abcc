package dev.alts.ca.issuance;

import dev.alts.identity.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * Recognizes what somebody sent instead of a P-256 public key. A look at tags and lengths and no
 * parser: it decides nothing, and strangers send what it reads.
 */
final class KeyRecognition {
  private static final int INTEGER = 0x02;
  private static final int BIT_STRING = 0x03;
  private static final int OCTET_STRING = 0x04;
  private static final int OBJECT_IDENTIFIER = 0x06;
  private static final int SEQUENCE = 0x30;
  private static final int EXPLICIT_VERSION = 0xa0;

  private static final String RSA = "2a864886f70d010101";
  private static final String EC = "2a8648ce3d0201";
  private static final String P256 = "2a8648ce3d030107";
  private static final Map<String, String> ALGORITHMS =
      Map.of(
          "2b6570", "an Ed25519 key",
          "2b6571", "an Ed448 key",
          "2b656e", "an X25519 key, which cannot sign",
          "2b656f", "an X448 key, which cannot sign",
          "2a864886f70d01010a", "an RSA-PSS key",
          "2a8648ce380401", "a DSA key",
          "608648016503040312", "an ML-DSA-65 key");
  private static final Map<String, String> CURVES =
      Map.of(
          "2b81040022", "P-384",
          "2b81040023", "P-521",
          "2b81040021", "P-224",
          "2a8648ce3d030101", "P-192",
          "2b8104000a", "secp256k1",
          "2b2403030208010107", "brainpoolP256r1");

  private KeyRecognition() {}

  /** {@return what it looks like, as a phrase} */
  static String of(Bytes sent) {
    byte[] der = sent.toByteArray();
    String start =
        new String(der, 0, Math.min(der.length, 40), StandardCharsets.ISO_8859_1).strip();
    if (start.startsWith("-----BEGIN")) {
      return start.contains("PRIVATE")
          ? "PEM text of a private key, which must never leave its machine: do not use it any more"
          : "PEM text";
    }
    DerShape shape = DerShape.of(der);
    List<DerShape> parts = shape.children();
    if (shape.tag() != SEQUENCE || !shape.isWhole() || parts.isEmpty()) {
      return "%d bytes that are no DER of a key".formatted(der.length);
    }
    if (isPrivateKey(parts)) {
      return "a private key, which must never leave its machine: do not use it any more";
    }
    if (tags(parts, SEQUENCE, BIT_STRING)) {
      return publicKey(parts);
    }
    if (tags(parts, SEQUENCE, SEQUENCE, BIT_STRING)) {
      return envelope(parts.getFirst().children());
    }
    if (tags(parts, INTEGER, INTEGER)) {
      return "an RSA key in the form of PKCS#1";
    }
    return "%d bytes of DER that are no public key".formatted(der.length);
  }

  private static boolean isPrivateKey(List<DerShape> parts) {
    return (parts.size() >= 3 && tags(parts.subList(0, 3), INTEGER, SEQUENCE, OCTET_STRING))
        || (parts.size() >= 2 && tags(parts.subList(0, 2), INTEGER, OCTET_STRING))
        || parts.size() == 9;
  }

  private static String envelope(List<DerShape> signed) {
    if (!signed.isEmpty() && signed.getFirst().tag() == EXPLICIT_VERSION) {
      return "a certificate: send its public key alone";
    }
    return "a certificate request (CSR): send its public key alone, nothing else of it would be used";
  }

  private static String publicKey(List<DerShape> parts) {
    List<DerShape> algorithm = parts.getFirst().children();
    if (algorithm.isEmpty() || algorithm.getFirst().tag() != OBJECT_IDENTIFIER) {
      return "a public key without an algorithm";
    }
    String oid = algorithm.getFirst().hex();
    return switch (oid) {
      case RSA -> "an RSA key of %d bits".formatted(rsaBits(parts.getLast()));
      case EC -> ellipticCurve(algorithm, parts.getLast());
      default -> ALGORITHMS.getOrDefault(oid, "a key of an algorithm that is not known here");
    };
  }

  private static String ellipticCurve(List<DerShape> algorithm, DerShape point) {
    if (algorithm.size() != 2 || algorithm.getLast().tag() != OBJECT_IDENTIFIER) {
      return "an elliptic-curve key with explicit or without curve parameters";
    }
    String curve = algorithm.getLast().hex();
    if (!curve.equals(P256)) {
      return "a key of the curve " + CURVES.getOrDefault(curve, "that is not known here");
    }
    String content = point.hex();
    if (content.startsWith("0002") || content.startsWith("0003")) {
      return "a P-256 key with a compressed point";
    }
    if (content.startsWith("0004")) {
      return "a key with a point that is not on P-256, or not in its one DER form";
    }
    return "a P-256 key without a point";
  }

  private static int rsaBits(DerShape bits) {
    String content = bits.hex();
    if (!content.startsWith("00")) {
      return 0;
    }
    List<DerShape> numbers = DerShape.of(HexFormat.of().parseHex(content.substring(2))).children();
    if (numbers.isEmpty()) {
      return 0;
    }
    return new java.math.BigInteger("0" + numbers.getFirst().hex(), 16).bitLength();
  }

  private static boolean tags(List<DerShape> parts, int... tags) {
    if (parts.size() != tags.length) {
      return false;
    }
    for (int i = 0; i < tags.length; i++) {
      if (parts.get(i).tag() != tags[i]) {
        return false;
      }
    }
    return true;
  }
}
