package dev.alts.identity.crypto;

import dev.alts.identity.Bytes;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.HexFormat;

/** The curve P-256 as far as strict parsing needs it. */
final class P256 {
  /** Everything of a SubjectPublicKeyInfo before the coordinates: named curve, not compressed. */
  private static final byte[] SPKI_PREFIX =
      HexFormat.of().parseHex("3059301306072a8648ce3d020106082a8648ce3d03010703420004");

  private static final BigInteger P =
      new BigInteger("ffffffff00000001000000000000000000000000ffffffffffffffffffffffff", 16);
  private static final BigInteger B =
      new BigInteger("5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b", 16);
  private static final BigInteger N =
      new BigInteger("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", 16);

  private P256() {}

  /**
   * Refuses everything but the one DER form of a point on P-256: no explicit curve parameters
   * (whose arithmetic a peer could make expensive), no compressed point, no point off the curve.
   */
  static void requireSpki(Bytes spki) {
    byte[] der = spki.toByteArray();
    int start = SPKI_PREFIX.length;
    if (der.length != start + 64 || !Arrays.equals(SPKI_PREFIX, 0, start, der, 0, start)) {
      throw new IllegalArgumentException(
          "public key: %d bytes (expected: SubjectPublicKeyInfo of P-256, uncompressed, 91 bytes)"
              .formatted(der.length));
    }
    BigInteger x = new BigInteger(1, Arrays.copyOfRange(der, start, start + 32));
    BigInteger y = new BigInteger(1, Arrays.copyOfRange(der, start + 32, start + 64));
    BigInteger right = x.pow(3).subtract(x.multiply(BigInteger.valueOf(3))).add(B).mod(P);
    if (x.compareTo(P) >= 0 || y.compareTo(P) >= 0 || !y.multiply(y).mod(P).equals(right)) {
      throw new IllegalArgumentException("public key: not a point of P-256");
    }
  }

  /** {@return whether this is the one DER form of two numbers from 1 to the group's order - 1} */
  static boolean isStrictSignature(byte[] der) {
    if (der.length < 8 || der.length > 72 || der[0] != 0x30 || der[1] != der.length - 2) {
      return false;
    }
    int second = integerEnd(der, 2);
    return second > 0 && integerEnd(der, second) == der.length;
  }

  /** {@return the offset behind the INTEGER at {@code offset}, or -1 if it is no good one} */
  private static int integerEnd(byte[] der, int offset) {
    if (offset + 2 > der.length || der[offset] != 0x02) {
      return -1;
    }
    int length = der[offset + 1];
    int start = offset + 2;
    if (length < 1 || length > 33 || start + length > der.length || der[start] < 0) {
      return -1;
    }
    if (length > 1 && der[start] == 0 && der[start + 1] >= 0) {
      return -1;
    }
    BigInteger value = new BigInteger(der, start, length);
    return value.signum() > 0 && value.compareTo(N) < 0 ? start + length : -1;
  }
}
