package dev.alts.crypto;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The protocol's Expand with label and context (handshake.md section 11), over {@link Hkdf}. Keeps
 * nothing secret between two calls. Not thread-safe: each handshake has its own.
 */
public final class AltsKdf {
  public static final int SECRET_BYTES = Hkdf.HASH_BYTES;

  private static final byte[] PREFIX = "ALTS/1 ".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] NO_CONTEXT = new byte[0];
  private static final int MAX_LABEL_BYTES = 255 - PREFIX.length;

  private final HmacSha256 mac;

  public AltsKdf(Hkdf hkdf) {
    this.mac = hkdf.newMac();
  }

  /** {@return Extract(salt, ikm), which the caller wipes} */
  public byte[] extract(byte[] salt, byte[] ikm) {
    return Hkdf.hmac(mac, salt, ikm);
  }

  /** {@return Expand(secret, label, "", length), which the caller wipes} */
  public byte[] expand(byte[] secret, String label, int length) {
    return expand(secret, label, NO_CONTEXT, length);
  }

  /** {@return Expand(secret, label, context, length), which the caller wipes} */
  public byte[] expand(byte[] secret, String label, byte[] context, int length) {
    byte[] name = label.getBytes(StandardCharsets.US_ASCII);
    if (name.length > MAX_LABEL_BYTES || context.length > 255) {
      throw new IllegalArgumentException(
          "label of %d and context of %d bytes (expected: at most %d and 255)"
              .formatted(name.length, context.length, MAX_LABEL_BYTES));
    }
    byte[] info =
        ByteBuffer.allocate(4 + PREFIX.length + name.length + context.length)
            .putShort((short) length)
            .put((byte) (PREFIX.length + name.length))
            .put(PREFIX)
            .put(name)
            .put((byte) context.length)
            .put(context)
            .array();
    return Hkdf.expand(mac, secret, info, length);
  }

  /** {@return an HMAC-SHA256 under Expand(secret, label, "", 32)} */
  public byte[] authenticator(byte[] secret, String label, byte[] message) {
    byte[] key = expand(secret, label, SECRET_BYTES);
    byte[] authenticator = Hkdf.hmac(mac, key, message);
    Arrays.fill(key, (byte) 0);
    return authenticator;
  }
}
