package dev.alts.ca.exchange;

import dev.alts.ca.issuance.IssuedCertificate;
import java.util.List;

/** What became of a token that somebody presented. */
public sealed interface ExchangeOutcome {
  /**
   * Certificates for it.
   *
   * @param master of the key that signs handshake certificates
   * @param tls of the key for TLS
   * @param identities everything that the token gives, default first
   */
  record Exchanged(
      IssuedCertificate master,
      IssuedCertificate tls,
      String rule,
      long ruleVersion,
      List<String> identities)
      implements ExchangeOutcome {
    public Exchanged {
      identities = List.copyOf(identities);
    }
  }

  /** The request is not as it must be, whoever's token it brings; the token was not looked at. */
  record BadRequest(String explanation) implements ExchangeOutcome {}

  /** The token is not good here, or was used. */
  record TokenRefused(String explanation) implements ExchangeOutcome {}

  /** The token is good and gives nothing, or not what was asked for. It is not used up. */
  record IdentityRefused(String explanation) implements ExchangeOutcome {}

  /** Not now. The same request may be sent again. */
  record Unavailable(String explanation) implements ExchangeOutcome {}
}
