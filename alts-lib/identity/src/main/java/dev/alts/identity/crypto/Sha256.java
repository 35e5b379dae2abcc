package dev.alts.identity.crypto;

import dev.alts.identity.Bytes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** SHA-256 over one or several parts. */
public final class Sha256 {
  public static final int LENGTH = 32;

  private Sha256() {}

  /** {@return the digest of all parts, one after the other} */
  public static Bytes of(byte[]... parts) {
    MessageDigest digest = newDigest();
    for (byte[] part : parts) {
      digest.update(part);
    }
    return Bytes.copyOf(digest.digest());
  }

  public static Bytes of(Bytes part) {
    MessageDigest digest = newDigest();
    digest.update(part.asByteBuffer());
    return Bytes.copyOf(digest.digest());
  }

  /** {@return an empty running digest} */
  public static MessageDigest newDigest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}
