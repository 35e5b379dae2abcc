package dev.alts.ca.jwt;

import java.time.Instant;

/** A signed token. A final class and no record: whoever reads it can use it. */
public final class JwtSvid {
  private final String token;
  private final Instant issuedAt;
  private final Instant expiresAt;

  JwtSvid(String token, Instant issuedAt, Instant expiresAt) {
    this.token = token;
    this.issuedAt = issuedAt;
    this.expiresAt = expiresAt;
  }

  /** {@return the token in JWS compact form; never into a log} */
  public String exposeToken() {
    return token;
  }

  public Instant issuedAt() {
    return issuedAt;
  }

  public Instant expiresAt() {
    return expiresAt;
  }

  @Override
  public String toString() {
    return "JwtSvid[until %s, redacted]".formatted(expiresAt);
  }
}
