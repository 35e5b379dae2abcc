package dev.alts.ca.authority;

import dev.alts.identity.Bytes;
import dev.alts.identity.crypto.Sha256;
import java.util.Arrays;

/**
 * Subject key identifier of a P-256 key: 160 bits of SHA-256 over its point (RFC 7093 method 1).
 */
public final class KeyIdentifier {
  private static final int POINT_BYTES = 65;
  private static final int LENGTH = 20;

  private KeyIdentifier() {}

  /**
   * {@return the identifier}
   *
   * @param spki SubjectPublicKeyInfo, which ends with the uncompressed point
   */
  public static Bytes of(Bytes spki) {
    byte[] der = spki.toByteArray();
    byte[] point = Arrays.copyOfRange(der, der.length - POINT_BYTES, der.length);
    return Bytes.copyOf(Arrays.copyOf(Sha256.of(point).toByteArray(), LENGTH));
  }
}
