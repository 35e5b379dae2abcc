package dev.alts.identity.crypto;

import dev.alts.identity.Bytes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** SHA-256 over one or several parts. */
public final class Sha256 {
  public static final int LENGTH = 32;

  // Never updated, only copied: looking the algorithm up takes as long as hashing 256 bytes.
  private static final MessageDigest PROTOTYPE = lookUp();

  private Sha256() {}

  /** {@return the digest of all parts, one after the other} */
  public static Bytes of(byte[]... parts) {
    MessageDigest digest = newDigest();
    for (byte[] part : parts) {
      digest.update(part);
    }
    return Bytes.adopt(digest.digest());
  }

  public static Bytes of(Bytes part) {
    MessageDigest digest = newDigest();
    part.update(digest);
    return Bytes.adopt(digest.digest());
  }

  /** {@return an empty running digest} */
  public static MessageDigest newDigest() {
    try {
      return (MessageDigest) PROTOTYPE.clone();
    } catch (CloneNotSupportedException e) {
      // A provider that somebody put before the JDK's may keep its state where it cannot be copied.
      return lookUp();
    }
  }

  private static MessageDigest lookUp() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}
