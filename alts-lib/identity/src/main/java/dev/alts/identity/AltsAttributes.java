package dev.alts.identity;

import java.nio.charset.StandardCharsets;
import java.time.Instant;

/**
 * What our X509-SVIDs say beyond the SPIFFE ID, in their {@code AltsAttributes} extension
 * (handshake.md section 11).
 *
 * @param boundary physical boundary as the CA stated it; empty: none, at most 64 bytes
 * @param machine name of the machine it was issued on; empty: none, at most 255 bytes
 * @param issuedAt whole seconds, never back-dated
 * @param mayDelegate whether the key may sign handshake certificates, that is, whether this is a
 *     master
 */
public record AltsAttributes(
    EntityKind kind,
    String boundary,
    String machine,
    RevocationId revocationId,
    Instant issuedAt,
    boolean mayDelegate) {
  public static final int MAX_BOUNDARY_BYTES = 64;
  public static final int MAX_MACHINE_BYTES = 255;

  public AltsAttributes {
    requireAtMost("boundary", boundary, MAX_BOUNDARY_BYTES);
    requireAtMost("machine", machine, MAX_MACHINE_BYTES);
    if (issuedAt.getNano() != 0) {
      throw new IllegalArgumentException(
          "issued-at: %s (expected: whole seconds)".formatted(issuedAt));
    }
  }

  private static void requireAtMost(String what, String text, int maxBytes) {
    int length = text.getBytes(StandardCharsets.UTF_8).length;
    if (length > maxBytes) {
      throw new IllegalArgumentException(
          "%s: %d bytes (expected: at most %d)".formatted(what, length, maxBytes));
    }
  }
}
