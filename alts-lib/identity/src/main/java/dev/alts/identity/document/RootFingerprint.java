package dev.alts.identity.document;

import dev.alts.identity.Bytes;
import dev.alts.identity.crypto.Sha256;
import java.util.regex.Pattern;

/** SHA-256 of a root's SubjectPublicKeyInfo: what verifiers pin. */
public record RootFingerprint(Bytes sha256) {
  private static final Pattern HEX = Pattern.compile("[0-9a-f]{64}");

  public RootFingerprint {
    if (sha256.length() != Sha256.LENGTH) {
      throw new IllegalArgumentException(
          "root fingerprint: %d bytes (expected: 32)".formatted(sha256.length()));
    }
  }

  public static RootFingerprint of(Bytes spki) {
    return new RootFingerprint(Sha256.of(spki));
  }

  /**
   * {@return the fingerprint that this lower-case hexadecimal text is}
   *
   * @throws IllegalArgumentException if it is none
   */
  public static RootFingerprint parse(String hex) {
    if (!HEX.matcher(hex).matches()) {
      throw new IllegalArgumentException(
          "root fingerprint: (expected: 64 lower-case hexadecimal digits)");
    }
    return new RootFingerprint(Bytes.fromHex(hex));
  }

  @Override
  public String toString() {
    return sha256.toHex();
  }
}
