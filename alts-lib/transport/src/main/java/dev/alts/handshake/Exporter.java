package dev.alts.handshake;

import dev.alts.crypto.AltsKdf;
import dev.alts.crypto.Crypto;
import dev.alts.identity.Bytes;
import dev.alts.identity.SecretBytes;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Derives secrets for the application from a completed handshake; both ends get the same for the
 * same label and context (handshake.md section 11). Thread-safe; closed with the {@link
 * TrafficKeys} that it came in. Does not print its secret.
 */
public final class Exporter implements AutoCloseable {
  private static final int MAX_LABEL_BYTES = 239;
  private static final int MAX_BYTES = 255;

  private final Crypto crypto;
  private final SecretBytes secret;

  Exporter(Crypto crypto, SecretBytes secret) {
    this.crypto = crypto;
    this.secret = secret;
  }

  /**
   * {@return a secret that only the two ends of this connection know; the caller closes it}
   *
   * @param label says what it is for: ASCII, at most 239 bytes
   * @param length 1 to 255
   */
  public SecretBytes exportSecret(String label, Bytes context, int length) {
    if (length < 1 || length > MAX_BYTES) {
      throw new IllegalArgumentException("export: %d bytes (expected: 1 to 255)".formatted(length));
    }
    if (label.length() > MAX_LABEL_BYTES
        || !StandardCharsets.US_ASCII.newEncoder().canEncode(label)) {
      throw new IllegalArgumentException("export label (expected: ASCII, at most 239 bytes)");
    }
    AltsKdf kdf = new AltsKdf(crypto.hkdf());
    byte[] root = secret.exposeCopy();
    byte[] perLabel = kdf.expand(root, "exporter " + label, AltsKdf.SECRET_BYTES);
    byte[] contextHash = crypto.sha256(context.toByteArray());
    try {
      return SecretBytes.adopt(kdf.expand(perLabel, "exporter value", contextHash, length));
    } finally {
      Arrays.fill(root, (byte) 0);
      Arrays.fill(perLabel, (byte) 0);
    }
  }

  @Override
  public void close() {
    secret.close();
  }

  @Override
  public String toString() {
    return "Exporter[redacted]";
  }
}
