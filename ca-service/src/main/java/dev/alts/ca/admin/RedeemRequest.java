package dev.alts.ca.admin;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.alts.ca.admin.web.RefusedRequestException;
import dev.alts.identity.Bytes;
import dev.alts.identity.SecretBytes;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Body of a redemption. Not a record: it holds the code's secret. */
final class RedeemRequest {
  private static final int SECRET_BYTES = 32;
  private static final int MAX_KEY_BYTES = 512;

  private final @Nullable String secret;
  private final @Nullable String masterSpki;
  private final @Nullable String tlsSpki;

  @JsonCreator
  RedeemRequest(
      @JsonProperty("secret") @Nullable String secret,
      @JsonProperty("masterSpki") @Nullable String masterSpki,
      @JsonProperty("tlsSpki") @Nullable String tlsSpki) {
    this.secret = secret;
    this.masterSpki = masterSpki;
    this.tlsSpki = tlsSpki;
  }

  SecretBytes secret() {
    byte[] bytes = decode("secret", secret);
    if (bytes.length != SECRET_BYTES) {
      throw RefusedRequestException.badRequest("secret: expected 32 bytes");
    }
    return SecretBytes.adopt(bytes);
  }

  Bytes masterSpki() {
    return key("masterSpki", masterSpki);
  }

  Bytes tlsSpki() {
    return key("tlsSpki", tlsSpki);
  }

  @Override
  public String toString() {
    return "RedeemRequest[redacted]";
  }

  private static Bytes key(String name, @Nullable String base64) {
    byte[] bytes = decode(name, base64);
    if (bytes.length == 0 || bytes.length > MAX_KEY_BYTES) {
      throw RefusedRequestException.badRequest(name + ": expected a SubjectPublicKeyInfo in DER");
    }
    return Bytes.copyOf(bytes);
  }

  private static byte[] decode(String name, @Nullable String base64) {
    if (base64 == null) {
      throw RefusedRequestException.badRequest(name + ": missing");
    }
    try {
      return Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw RefusedRequestException.badRequest(name + ": expected base64");
    }
  }
}
