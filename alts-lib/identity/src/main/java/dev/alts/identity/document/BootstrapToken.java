package dev.alts.identity.document;

import dev.alts.identity.SecretBytes;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a newcomer is handed to meet its trust domain for the first time: {@code
 * alts1.<secret>.<root fingerprint>}. The secret is 32 bytes in base64url without padding; it is
 * sent only to a server that the fingerprint vouches for. Join tokens and enrolment codes both have
 * this form. The creator closes it.
 */
public final class BootstrapToken implements AutoCloseable {
  private static final int SECRET_BYTES = 32;
  private static final Pattern SYNTAX =
      Pattern.compile("alts1\\.([A-Za-z0-9_-]{43})\\.([0-9a-f]{64})");

  private final SecretBytes secret;
  private final RootFingerprint rootFingerprint;

  private BootstrapToken(SecretBytes secret, RootFingerprint rootFingerprint) {
    this.secret = secret;
    this.rootFingerprint = rootFingerprint;
  }

  public static BootstrapToken mint(SecureRandom random, RootFingerprint rootFingerprint) {
    byte[] secret = new byte[SECRET_BYTES];
    random.nextBytes(secret);
    return new BootstrapToken(SecretBytes.adopt(secret), rootFingerprint);
  }

  /**
   * {@return the token that {@code text} is}
   *
   * @throws IllegalArgumentException if it is none; the message does not repeat the text
   */
  public static BootstrapToken parse(String text) {
    Matcher matcher = SYNTAX.matcher(text);
    if (!matcher.matches()) {
      throw notAToken();
    }
    byte[] secret = Base64.getUrlDecoder().decode(matcher.group(1));
    // The last of 43 characters has two unused bits: only one spelling of a secret is good.
    if (!encode(secret).equals(matcher.group(1))) {
      Arrays.fill(secret, (byte) 0);
      throw notAToken();
    }
    return new BootstrapToken(SecretBytes.adopt(secret), RootFingerprint.parse(matcher.group(2)));
  }

  public SecretBytes secret() {
    return secret;
  }

  public RootFingerprint rootFingerprint() {
    return rootFingerprint;
  }

  /** {@return the text to hand over; whoever has it can join} */
  public String exposeText() {
    byte[] copy = secret.exposeCopy();
    String text = "alts1." + encode(copy) + "." + rootFingerprint;
    Arrays.fill(copy, (byte) 0);
    return text;
  }

  @Override
  public void close() {
    secret.close();
  }

  @Override
  public String toString() {
    return "alts1.(redacted)." + rootFingerprint;
  }

  private static String encode(byte[] secret) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
  }

  private static IllegalArgumentException notAToken() {
    return new IllegalArgumentException("token: (expected: alts1.<secret>.<root fingerprint>)");
  }
}
