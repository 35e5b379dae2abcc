package dev.alts.ca.admin;

import dev.alts.ca.admin.web.RefusedRequestException;
import dev.alts.ca.endpoint.StrangerLimit;
import dev.alts.ca.exchange.ExchangeOutcome;
import dev.alts.ca.exchange.TokenExchange;
import dev.alts.ca.issuance.IssuedCertificate;
import dev.alts.wire.handshake.v1.EntityKind;
import jakarta.servlet.http.HttpServletRequest;
import java.net.InetAddress;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Where somebody who holds a token of an OIDC issuer, and nothing else, becomes a workload. */
@RestController
class ExchangeEndpoint {
  private final TokenExchange exchange;
  private final DocumentsEndpoint documents;
  private final StrangerLimit strangers;

  ExchangeEndpoint(TokenExchange exchange, DocumentsEndpoint documents, StrangerLimit strangers) {
    this.exchange = exchange;
    this.documents = documents;
    this.strangers = strangers;
  }

  @PostMapping(path = "/v1/exchange", consumes = MediaType.APPLICATION_JSON_VALUE)
  Exchanged exchange(@RequestBody ExchangeRequestText text, HttpServletRequest from) {
    InetAddress source = InetAddress.ofLiteral(from.getRemoteAddr());
    if (strangers.isReached(source)) {
      throw RefusedRequestException.of(
          HttpStatus.TOO_MANY_REQUESTS,
          "Too many requests from this address were refused.",
          "Try again in a minute.");
    }
    return switch (exchange.exchange(text.parsed())) {
      case ExchangeOutcome.Exchanged exchanged -> answer(exchanged);
      case ExchangeOutcome.BadRequest(String explanation) -> {
        strangers.refused(source);
        throw RefusedRequestException.badRequest(explanation);
      }
      case ExchangeOutcome.TokenRefused(String explanation) -> {
        strangers.refused(source);
        throw RefusedRequestException.of(
            HttpStatus.FORBIDDEN,
            "The token is not good here: " + explanation,
            "An admin sees which issuers are trusted, and how: altsctl exchange issuer list.");
      }
      case ExchangeOutcome.IdentityRefused(String explanation) -> {
        strangers.refused(source);
        throw RefusedRequestException.of(
            HttpStatus.FORBIDDEN,
            "The token is good, but gives no such identity: " + explanation,
            "An admin tries rules with: altsctl rule test --fact verified.oidc.issuer=NAME ...");
      }
      case ExchangeOutcome.Unavailable(String explanation) ->
          throw RefusedRequestException.of(
              HttpStatus.SERVICE_UNAVAILABLE, explanation, "Send the same request again.");
    };
  }

  /**
   * Certificates are chains of DER in base64, leaf first.
   *
   * @param documents a CredentialSnapshot without a credential, protobuf in base64
   */
  record Exchanged(
      String spiffeId,
      List<String> master,
      List<String> tls,
      Instant renewAt,
      Instant notAfter,
      String rule,
      long ruleVersion,
      List<String> identities,
      String documents) {}

  private Exchanged answer(ExchangeOutcome.Exchanged exchanged) {
    IssuedCertificate master = exchanged.master();
    IssuedCertificate tls = exchanged.tls();
    return new Exchanged(
        master.subject().toString(),
        List.of(base64(master.der().toByteArray())),
        List.of(base64(tls.der().toByteArray())),
        earlier(master.renewAt(), tls.renewAt()),
        earlier(master.notAfter(), tls.notAfter()),
        exchanged.rule(),
        exchanged.ruleVersion(),
        exchanged.identities(),
        base64(documents.snapshot(master.subject(), EntityKind.WORKLOAD).toByteArray()));
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  private static Instant earlier(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }
}
