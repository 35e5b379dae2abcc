package dev.alts.crypto;

import java.security.DigestException;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * HMAC-SHA256 (RFC 2104) over a running digest, keyed again and again. By hand: what the JCA's own
 * does besides hashing, to look up, copy and key it, takes as long as the hashing, and a handshake
 * takes dozens.
 *
 * <p>Holds what the key became until {@link #close}, after which it can be keyed again. Not
 * thread-safe.
 */
final class HmacSha256 implements AutoCloseable {
  static final int MAC_BYTES = 32;

  private static final int BLOCK_BYTES = 64;
  private static final byte INNER = 0x36;
  private static final byte OUTER = 0x5c;

  private final MessageDigest digest;
  private final byte[] inner = new byte[BLOCK_BYTES];
  private final byte[] outer = new byte[BLOCK_BYTES];
  private final byte[] innerHash = new byte[MAC_BYTES];

  /**
   * @param digest a fresh SHA-256, owned from now on
   */
  HmacSha256(MessageDigest digest) {
    this.digest = digest;
  }

  /** {@return this, with a key of any length, which stays the caller's} */
  HmacSha256 keyed(byte[] key) {
    digest.reset();
    Arrays.fill(inner, (byte) 0);
    if (key.length > BLOCK_BYTES) {
      byte[] hash = digest.digest(key);
      System.arraycopy(hash, 0, inner, 0, hash.length);
      Arrays.fill(hash, (byte) 0);
    } else {
      System.arraycopy(key, 0, inner, 0, key.length);
    }
    for (int i = 0; i < BLOCK_BYTES; i++) {
      outer[i] = (byte) (inner[i] ^ OUTER);
      inner[i] ^= INNER;
    }
    digest.update(inner);
    return this;
  }

  void update(byte[] part) {
    digest.update(part);
  }

  void update(byte one) {
    digest.update(one);
  }

  /** Writes the MAC over everything since the last one, {@link #MAC_BYTES} long. */
  void doFinal(byte[] mac) {
    try {
      digest.digest(innerHash, 0, MAC_BYTES);
      digest.update(outer);
      digest.update(innerHash);
      digest.digest(mac, 0, MAC_BYTES);
    } catch (DigestException e) {
      throw new AssertionError("SHA-256 has 32 bytes, and so has the array", e);
    }
    digest.update(inner);
  }

  @Override
  public void close() {
    digest.reset();
    Arrays.fill(inner, (byte) 0);
    Arrays.fill(outer, (byte) 0);
    Arrays.fill(innerHash, (byte) 0);
  }

  @Override
  public String toString() {
    return "HmacSha256[redacted]";
  }
}
