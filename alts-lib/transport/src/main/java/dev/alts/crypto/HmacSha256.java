package dev.alts.crypto;

import java.security.MessageDigest;
import java.util.Arrays;

/**
 * HMAC-SHA256 (RFC 2104) over a running digest, keyed once and used again and again. By hand: what
 * the JCA's own does besides hashing, to look up, copy and key it, takes as long as the hashing,
 * and a handshake takes dozens.
 *
 * <p>Holds what the key became; whoever makes it closes it. Not thread-safe.
 */
final class HmacSha256 implements AutoCloseable {
  static final int MAC_BYTES = 32;

  private static final int BLOCK_BYTES = 64;
  private static final byte INNER = 0x36;
  private static final byte OUTER = 0x5c;

  private final MessageDigest digest;
  private final byte[] inner = new byte[BLOCK_BYTES];
  private final byte[] outer = new byte[BLOCK_BYTES];

  /**
   * @param digest a fresh SHA-256, owned from now on
   * @param key of any length; it stays the caller's
   */
  HmacSha256(MessageDigest digest, byte[] key) {
    this.digest = digest;
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
  }

  void update(byte[] part) {
    digest.update(part);
  }

  void update(byte one) {
    digest.update(one);
  }

  /** {@return the MAC over everything since the last one} */
  byte[] doFinal() {
    byte[] hash = digest.digest();
    digest.update(outer);
    byte[] mac = digest.digest(hash);
    digest.update(inner);
    return mac;
  }

  @Override
  public void close() {
    digest.reset();
    Arrays.fill(inner, (byte) 0);
    Arrays.fill(outer, (byte) 0);
  }

  @Override
  public String toString() {
    return "HmacSha256[redacted]";
  }
}
