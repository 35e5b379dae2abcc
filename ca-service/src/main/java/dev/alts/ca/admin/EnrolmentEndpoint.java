package dev.alts.ca.admin;

import dev.alts.ca.admin.web.RefusedRequestException;
import dev.alts.ca.endpoint.StrangerLimit;
import dev.alts.ca.humans.HumanRedemption;
import dev.alts.ca.humans.Redemption;
import dev.alts.identity.Bytes;
import dev.alts.identity.SecretBytes;
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

/** Where somebody who holds an enrolment code, and nothing else, becomes a human of the domain. */
@RestController
class EnrolmentEndpoint {
  private static final String NEW_CODE = "Ask an admin for a new code: altsctl human enrol NAME.";

  private final HumanRedemption redemption;
  private final StrangerLimit strangers;

  EnrolmentEndpoint(HumanRedemption redemption, StrangerLimit strangers) {
    this.redemption = redemption;
    this.strangers = strangers;
  }

  @PostMapping(path = "/v1/enrolments/redeem", consumes = MediaType.APPLICATION_JSON_VALUE)
  Enrolled redeem(@RequestBody RedeemRequest request, HttpServletRequest from) {
    InetAddress source = InetAddress.ofLiteral(from.getRemoteAddr());
    if (strangers.isReached(source)) {
      throw RefusedRequestException.of(
          HttpStatus.TOO_MANY_REQUESTS,
          "Too many codes from this address were refused.",
          "Try again in a minute.");
    }
    try (SecretBytes secret = request.secret()) {
      return switch (redemption.redeem(secret, request.masterSpki(), request.tlsSpki())) {
        case Redemption.Enrolled enrolled -> Enrolled.of(enrolled);
        case Redemption.BadKeys(String explanation) ->
            throw RefusedRequestException.badRequest(explanation);
        case Redemption.CodeNotAccepted() -> {
          strangers.refused(source);
          throw RefusedRequestException.of(
              HttpStatus.FORBIDDEN,
              "The code is not good here: unknown, used, expired, or its human is disabled.",
              NEW_CODE);
        }
        case Redemption.NotIssued() ->
            throw RefusedRequestException.of(
                HttpStatus.SERVICE_UNAVAILABLE,
                "The CA could not issue the certificates; the code is used up.",
                NEW_CODE);
      };
    }
  }

  /** Certificates are chains of DER in base64, leaf first. */
  record Enrolled(String spiffeId, List<String> master, List<String> tls, Instant notAfter) {
    static Enrolled of(Redemption.Enrolled enrolled) {
      return new Enrolled(
          enrolled.spiffeId().toString(),
          List.of(base64(enrolled.master())),
          List.of(base64(enrolled.tls())),
          enrolled.notAfter());
    }

    private static String base64(Bytes der) {
      return Base64.getEncoder().encodeToString(der.toByteArray());
    }
  }
}
