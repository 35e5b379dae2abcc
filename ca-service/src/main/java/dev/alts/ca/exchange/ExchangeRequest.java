package dev.alts.ca.exchange;

import dev.alts.identity.Bytes;

/** What somebody asks for who has a token. Not a record: who sees the token might use it. */
public final class ExchangeRequest {
  private final String token;
  private final String spiffeId;
  private final ProvenKey master;
  private final ProvenKey tls;

  /**
   * A key with the proof that the caller has it, both unchecked.
   *
   * @param spki SubjectPublicKeyInfo, DER
   */
  public record ProvenKey(Bytes spki, Bytes signature) {}

  /**
   * @param spiffeId one of those that the token gives; empty: the first
   */
  public ExchangeRequest(String token, String spiffeId, ProvenKey master, ProvenKey tls) {
    this.token = token;
    this.spiffeId = spiffeId;
    this.master = master;
    this.tls = tls;
  }

  String token() {
    return token;
  }

  String spiffeId() {
    return spiffeId;
  }

  ProvenKey master() {
    return master;
  }

  ProvenKey tls() {
    return tls;
  }

  @Override
  public String toString() {
    return "ExchangeRequest[redacted]";
  }
}
