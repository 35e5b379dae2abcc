package dev.alts.ca.admin;

import dev.alts.ca.admin.EnrolmentEndpoint.Enrolled;
import dev.alts.ca.admin.web.AuthenticatedHuman;
import dev.alts.ca.admin.web.RefusedRequestException;
import dev.alts.ca.authority.TrustDocuments;
import dev.alts.ca.humans.HumanRedemption;
import dev.alts.ca.humans.Redemption;
import dev.alts.identity.Bytes;
import dev.alts.identity.document.AuthorityState;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Where a human whose login rests on a tainted authority gets certificates of the present one. */
@RestController
class LoginEndpoint {
  private static final int MAX_KEY_BYTES = 512;

  private final HumanRedemption redemption;
  private final TrustDocuments documents;

  LoginEndpoint(HumanRedemption redemption, TrustDocuments documents) {
    this.redemption = redemption;
    this.documents = documents;
  }

  /**
   * For the caller only, never beyond the end of the login, and not while the present certificates
   * are good: else the key for TLS alone would be worth a master at any time (abuse-9).
   */
  @PostMapping(path = "/v1/login/renew", consumes = MediaType.APPLICATION_JSON_VALUE)
  Enrolled renew(@AuthenticationPrincipal AuthenticatedHuman human, @RequestBody Keys keys) {
    if (!isOnItsWayOut(human.authority())) {
      throw RefusedRequestException.of(
          HttpStatus.CONFLICT,
          "The authority of the present certificates is not tainted.",
          "Go on with them, or log in again: altsctl login.");
    }
    return switch (redemption.renew(
        human.name(),
        human.notAfter(),
        key("masterSpki", keys.masterSpki()),
        key("tlsSpki", keys.tlsSpki()))) {
      case Redemption.Enrolled enrolled -> Enrolled.of(enrolled);
      case Redemption.BadKeys(String explanation) ->
          throw RefusedRequestException.badRequest(explanation);
      case Redemption.CodeNotAccepted(), Redemption.NotIssued() ->
          throw RefusedRequestException.of(
              HttpStatus.SERVICE_UNAVAILABLE,
              "The CA could not issue the certificates.",
              "Try again, or log in again: altsctl login.");
    };
  }

  private boolean isOnItsWayOut(@Nullable Bytes authority) {
    return authority != null
        && documents.current().parsed().authorities().stream()
            .filter(member -> member.certificate().spkiSha256().equals(authority))
            .allMatch(member -> member.state() == AuthorityState.TAINTED);
  }

  record Keys(@Nullable String masterSpki, @Nullable String tlsSpki) {}

  private static Bytes key(String name, @Nullable String base64) {
    try {
      byte[] spki = Base64.getDecoder().decode(base64 == null ? "" : base64);
      if (spki.length > 0 && spki.length <= MAX_KEY_BYTES) {
        return Bytes.copyOf(spki);
      }
    } catch (IllegalArgumentException e) {
      throw RefusedRequestException.badRequest(name + ": expected base64");
    }
    throw RefusedRequestException.badRequest(name + ": expected a SubjectPublicKeyInfo in DER");
  }
}
