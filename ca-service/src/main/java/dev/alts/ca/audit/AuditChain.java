package dev.alts.ca.audit;

import dev.alts.identity.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.UUID;

/** How the events of one chain are bound to each other. */
final class AuditChain {
  private static final String FIRST = "ALTS/1 audit chain";
  private static final String NEXT = "ALTS/1 audit event";

  private AuditChain() {}

  /** {@return the head of a chain without events} */
  static Bytes empty(UUID incarnation, String purpose) {
    return digest(FIRST, incarnation + " " + purpose);
  }

  /**
   * {@return the head after one more event}
   *
   * @param recordedAt as the database keeps it: microseconds
   */
  static Bytes next(Bytes head, long sequence, Instant recordedAt, String type, String body) {
    long micros = recordedAt.getEpochSecond() * 1_000_000 + recordedAt.getNano() / 1_000;
    return digest(NEXT, head.toHex(), Long.toString(sequence), Long.toString(micros), type, body);
  }

  /** Every part with its length, so that no two lists of parts give the same bytes. */
  static Bytes digest(String label, String... parts) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.write(label.getBytes(StandardCharsets.US_ASCII));
      out.write(0);
      for (String part : parts) {
        byte[] text = part.getBytes(StandardCharsets.UTF_8);
        out.writeInt(text.length);
        out.write(text);
      }
      return Bytes.copyOf(MessageDigest.getInstance("SHA-256").digest(bytes.toByteArray()));
    } catch (IOException e) {
      throw new UncheckedIOException("writing into memory", e);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }
}
