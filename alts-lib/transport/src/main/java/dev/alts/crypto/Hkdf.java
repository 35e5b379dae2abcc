package dev.alts.crypto;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.util.Arrays;

/**
 * HMAC-SHA256 and HKDF (RFC 5869) over it. By hand over the provider's SHA-256: faster than the
 * providers' own. Thread-safe.
 */
public final class Hkdf {
  /** Length of a MAC and of an extracted key. */
  public static final int HASH_BYTES = HmacSha256.MAC_BYTES;

  private static final String ALGORITHM = "SHA-256";
  private static final int MAX_BLOCKS = 255;

  private final Provider provider;
  private final MessageDigest prototype;

  Hkdf(Provider provider) {
    this.provider = provider;
    this.prototype = lookUp(provider);
  }

  public String providerName() {
    return provider.getName();
  }

  /** {@return HMAC-SHA256 over all parts, one after the other} */
  public byte[] hmac(byte[] key, byte[]... parts) {
    return hmac(newMac(), key, parts);
  }

  static byte[] hmac(HmacSha256 with, byte[] key, byte[]... parts) {
    byte[] result = new byte[HASH_BYTES];
    try (HmacSha256 mac = with.keyed(key)) {
      for (byte[] part : parts) {
        mac.update(part);
      }
      mac.doFinal(result);
    }
    return result;
  }

  /** {@return Extract(salt, ikm), which the caller wipes} */
  public byte[] extract(byte[] salt, byte[] ikm) {
    return hmac(salt, ikm);
  }

  /** {@return {@code length} bytes of Expand(key, info), which the caller wipes} */
  public byte[] expand(byte[] key, byte[] info, int length) {
    return expand(newMac(), key, info, length);
  }

  static byte[] expand(HmacSha256 with, byte[] key, byte[] info, int length) {
    if (length < 1 || length > MAX_BLOCKS * HASH_BYTES) {
      throw new IllegalArgumentException(
          "HKDF: %d bytes (expected: 1 to %d)".formatted(length, MAX_BLOCKS * HASH_BYTES));
    }
    byte[] result = new byte[length];
    byte[] block = new byte[HASH_BYTES];
    try (HmacSha256 mac = with.keyed(key)) {
      for (int done = 0, i = 1; done < length; i++) {
        if (i > 1) {
          mac.update(block);
        }
        mac.update(info);
        mac.update((byte) i);
        mac.doFinal(block);
        int taken = Math.min(block.length, length - done);
        System.arraycopy(block, 0, result, done, taken);
        done += taken;
      }
    }
    Arrays.fill(block, (byte) 0);
    return result;
  }

  /** {@return a MAC to be keyed} Making one takes as long as using it: who needs many keeps it. */
  HmacSha256 newMac() {
    return new HmacSha256(newDigest());
  }

  /** A copy: looking an algorithm up takes as long as hashing 256 bytes. */
  private MessageDigest newDigest() {
    try {
      return (MessageDigest) prototype.clone();
    } catch (CloneNotSupportedException e) {
      // Native providers may keep their state where it cannot be copied.
      return lookUp(provider);
    }
  }

  private static MessageDigest lookUp(Provider provider) {
    try {
      return MessageDigest.getInstance(ALGORITHM, provider);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256: provider %s".formatted(provider.getName()), e);
    }
  }
}
