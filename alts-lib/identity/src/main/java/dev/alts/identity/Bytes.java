package dev.alts.identity;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Immutable public bytes: compared by content, safe to print. Never for secrets; those are {@link
 * SecretBytes}.
 */
public final class Bytes {
  private static final Bytes EMPTY = new Bytes(new byte[0]);

  private final byte[] value;

  private Bytes(byte[] value) {
    this.value = value;
  }

  /** {@return a copy of {@code value}} */
  public static Bytes copyOf(byte[] value) {
    return value.length == 0 ? EMPTY : new Bytes(value.clone());
  }

  /** {@return a copy of what remains in {@code buffer}, whose position does not move} */
  public static Bytes copyOf(ByteBuffer buffer) {
    byte[] copy = new byte[buffer.remaining()];
    buffer.duplicate().get(copy);
    return new Bytes(copy);
  }

  /**
   * {@return the bytes over {@code value} itself, which the caller must not change or show to
   * anyone who could}
   */
  public static Bytes adopt(byte[] value) {
    return new Bytes(value);
  }

  /** {@return the bytes of lower- or upper-case hexadecimal text} */
  public static Bytes fromHex(String hex) {
    return new Bytes(HexFormat.of().parseHex(hex));
  }

  public static Bytes empty() {
    return EMPTY;
  }

  public int length() {
    return value.length;
  }

  public boolean isEmpty() {
    return value.length == 0;
  }

  /** {@return a copy that the caller owns} */
  public byte[] toByteArray() {
    return value.clone();
  }

  /** {@return a read-only view, without a copy} */
  public ByteBuffer asByteBuffer() {
    return ByteBuffer.wrap(value).asReadOnlyBuffer();
  }

  /** Hashes these bytes: from a read-only view a digest would first copy them. */
  public void update(MessageDigest digest) {
    digest.update(value);
  }

  public String toHex() {
    return HexFormat.of().formatHex(value);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Bytes that && Arrays.equals(value, that.value);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(value);
  }

  @Override
  public String toString() {
    return toHex();
  }
}
