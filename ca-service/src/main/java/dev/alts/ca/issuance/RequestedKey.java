package dev.alts.ca.issuance;

import dev.alts.identity.Bytes;
import dev.alts.identity.crypto.EcdsaP256;

/**
 * The only kind of public key that gets into a certificate: the one DER form of a point on P-256.
 * Whatever else is sent is refused with what it is, what is expected and how to make that.
 */
public final class RequestedKey {
  private static final int LONGEST_LOOKED_AT = 16 * 1024;
  private static final String EXPECTED =
      "expected: the SubjectPublicKeyInfo of an ECDSA P-256 key, DER, point uncompressed, 91 bytes";
  private static final String REMEDY =
      "make one with: openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out key.pem;"
          + " openssl pkey -in key.pem -pubout -outform DER";

  private RequestedKey() {}

  /**
   * Requires that {@code sent} is such a key.
   *
   * @throws IllegalArgumentException if it is not; the message is for whoever sent it and repeats
   *     nothing of it
   */
  public static void require(Bytes sent) {
    if (!EcdsaP256.isKeyOfP256(sent)) {
      throw new IllegalArgumentException(
          "public key: %s (%s). %s".formatted(whatItIs(sent), EXPECTED, REMEDY));
    }
  }

  private static String whatItIs(Bytes sent) {
    if (sent.isEmpty()) {
      return "none was sent";
    }
    if (sent.length() > LONGEST_LOOKED_AT) {
      return "%d bytes".formatted(sent.length());
    }
    return KeyRecognition.of(sent);
  }
}
