package dev.alts.ca.admin;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.alts.ca.admin.web.RefusedRequestException;
import dev.alts.ca.exchange.ExchangeRequest;
import dev.alts.ca.exchange.ExchangeRequest.ProvenKey;
import dev.alts.identity.Bytes;
import java.util.Base64;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Body of an exchange. Not a record: it holds a token. */
final class ExchangeRequestText {
  private static final int MAX_BYTES = 512;

  private final @Nullable String token;
  private final @Nullable String spiffeId;
  private final @Nullable Key master;
  private final @Nullable Key tls;

  /** A key and the signature by it, both DER in base64. */
  record Key(@Nullable String spki, @Nullable String proof) {}

  @JsonCreator
  ExchangeRequestText(
      @JsonProperty("token") @Nullable String token,
      @JsonProperty("spiffeId") @Nullable String spiffeId,
      @JsonProperty("master") @Nullable Key master,
      @JsonProperty("tls") @Nullable Key tls) {
    this.token = token;
    this.spiffeId = spiffeId;
    this.master = master;
    this.tls = tls;
  }

  ExchangeRequest parsed() {
    if (token == null || token.isEmpty()) {
      throw RefusedRequestException.badRequest("token: expected the token of an OIDC issuer");
    }
    return new ExchangeRequest(
        token, Objects.requireNonNullElse(spiffeId, ""), key("master", master), key("tls", tls));
  }

  private static ProvenKey key(String name, @Nullable Key key) {
    if (key == null) {
      throw RefusedRequestException.badRequest(name + ": expected spki and proof");
    }
    return new ProvenKey(bytes(name + ".spki", key.spki()), bytes(name + ".proof", key.proof()));
  }

  private static Bytes bytes(String name, @Nullable String base64) {
    try {
      byte[] bytes = Base64.getDecoder().decode(Objects.requireNonNullElse(base64, ""));
      if (bytes.length > 0 && bytes.length <= MAX_BYTES) {
        return Bytes.adopt(bytes);
      }
    } catch (IllegalArgumentException e) {
      throw RefusedRequestException.badRequest(name + ": expected base64");
    }
    throw RefusedRequestException.badRequest(
        "%s: expected DER of 1 to %d bytes".formatted(name, MAX_BYTES));
  }

  @Override
  public String toString() {
    return "ExchangeRequestText[redacted]";
  }
}
