package dev.alts.identity;

import java.security.MessageDigest;
import java.util.Arrays;

/**
 * Secret bytes with an owner: whoever created them closes them, and closing wipes them. Erasure in
 * a JVM is best effort: the collector may have copied the array before.
 *
 * <p>There is no {@code equals}, no {@code hashCode} and nothing to print on purpose.
 */
public final class SecretBytes implements AutoCloseable {
  private final byte[] value;
  private boolean closed;

  private SecretBytes(byte[] value) {
    this.value = value;
  }

  /** {@return a copy of {@code secret}; the caller wipes its own} */
  public static SecretBytes copyOf(byte[] secret) {
    return new SecretBytes(secret.clone());
  }

  /** {@return the secret over {@code secret} itself, which the caller must not use again} */
  public static SecretBytes adopt(byte[] secret) {
    return new SecretBytes(secret);
  }

  public int length() {
    return value.length;
  }

  /**
   * {@return a copy that the caller owns and wipes} Never of half a wiped secret: zeros that
   * somebody takes for a key are a key that everybody knows.
   *
   * @throws IllegalStateException after {@link #close()}
   */
  public synchronized byte[] exposeCopy() {
    if (closed) {
      throw new IllegalStateException("secret: already wiped (expected: use before close)");
    }
    return value.clone();
  }

  /**
   * {@return whether both hold the same bytes, compared in constant time}
   *
   * @throws IllegalStateException after {@link #close()} of either
   */
  public boolean equalsSecret(SecretBytes other) {
    byte[] ours = exposeCopy();
    try {
      byte[] theirs = other.exposeCopy();
      boolean same = MessageDigest.isEqual(ours, theirs);
      Arrays.fill(theirs, (byte) 0);
      return same;
    } finally {
      Arrays.fill(ours, (byte) 0);
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    Arrays.fill(value, (byte) 0);
  }

  @Override
  public String toString() {
    return "SecretBytes[" + value.length + " bytes, redacted]";
  }
}
