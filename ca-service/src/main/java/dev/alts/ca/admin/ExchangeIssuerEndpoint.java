package dev.alts.ca.admin;

import dev.alts.ca.admin.web.AuthenticatedHuman;
import dev.alts.ca.admin.web.RefusedRequestException;
import dev.alts.ca.exchange.ExchangeIssuer;
import dev.alts.ca.exchange.ExchangeIssuers;
import dev.alts.ca.exchange.ExchangeReview;
import dev.alts.identity.Bytes;
import java.io.ByteArrayInputStream;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** The OIDC issuers whose tokens are exchanged. */
@RestController
class ExchangeIssuerEndpoint {
  private final ExchangeIssuers issuers;
  private final ExchangeReview review;
  private final AdminActs acts;

  ExchangeIssuerEndpoint(ExchangeIssuers issuers, ExchangeReview review, AdminActs acts) {
    this.issuers = issuers;
    this.review = review;
    this.acts = acts;
  }

  @GetMapping("/v1/exchange/issuers")
  Issuers list() {
    return new Issuers(issuers.list().stream().map(IssuerView::of).toList(), null);
  }

  @PostMapping(path = "/v1/exchange/issuers", consumes = MediaType.APPLICATION_JSON_VALUE)
  @ResponseStatus(HttpStatus.CREATED)
  Named add(@AuthenticationPrincipal AuthenticatedHuman admin, @RequestBody IssuerText text) {
    String reason = Reason.require(text.reason());
    ExchangeIssuer issuer = text.parsed();
    boolean added =
        acts.perform(
            admin,
            "exchange-issuer.add",
            issuer.name() + " " + issuer.url(),
            reason,
            () -> issuers.add(issuer, admin.auditName(), reason));
    if (!added) {
      throw RefusedRequestException.of(
          HttpStatus.CONFLICT,
          "There is an issuer of this name or URL already, or there are %d of them."
              .formatted(ExchangeIssuers.MOST),
          "Remove that one first: altsctl exchange issuer remove NAME.");
    }
    return new Named(issuer.name());
  }

  @PostMapping(path = "/v1/exchange/issuers/remove", consumes = MediaType.APPLICATION_JSON_VALUE)
  Removed remove(@AuthenticationPrincipal AuthenticatedHuman admin, @RequestBody NameText text) {
    String reason = Reason.require(text.reason());
    String name = Objects.requireNonNullElse(text.name(), "");
    int revoked =
        acts.perform(
            admin, "exchange-issuer.remove", name, reason, () -> review.removeIssuer(name));
    if (revoked < 0) {
      throw RefusedRequestException.of(
          HttpStatus.NOT_FOUND,
          "There is no issuer of this name.",
          "altsctl exchange issuer list shows all.");
    }
    return new Removed(revoked);
  }

  record Issuers(List<IssuerView> items, @Nullable String next) {}

  record Named(String name) {}

  record NameText(@Nullable String name, @Nullable String reason) {}

  /**
   * @param revoked how many certificates that its tokens had given are being revoked
   */
  record Removed(int revoked) {}

  /**
   * @param singleTenant the issuer signs for nobody but us, so no claim need say for whom
   * @param roots PEM; none: the platform's
   */
  record IssuerText(
      @Nullable String name,
      @Nullable String url,
      @Nullable String audience,
      @Nullable List<@Nullable String> algorithms,
      @Nullable Map<String, @Nullable String> required,
      @Nullable Map<String, @Nullable String> facts,
      @Nullable List<@Nullable String> roots,
      @Nullable Long maxAgeSeconds,
      @Nullable Boolean singleTenant,
      @Nullable String reason) {
    private static final List<@Nullable String> USUAL = List.of("RS256", "ES256");
    private static final long USUAL_AGE = 900;

    ExchangeIssuer parsed() {
      if (Objects.requireNonNullElse(required, Map.of()).isEmpty()
          && !Boolean.TRUE.equals(singleTenant)) {
        throw RefusedRequestException.badRequest(
            "required: expected at least one claim that says whose token it is, or singleTenant if"
                + " the issuer signs for nobody but you");
      }
      try {
        return new ExchangeIssuer(
            text(name),
            text(url),
            text(audience),
            new TreeSet<>(texts(Objects.requireNonNullElse(algorithms, USUAL))),
            texts(Objects.requireNonNullElse(required, Map.of())),
            texts(Objects.requireNonNullElse(facts, Map.of())),
            texts(Objects.requireNonNullElse(roots, List.of())).stream()
                .map(IssuerText::der)
                .toList(),
            Duration.ofSeconds(Objects.requireNonNullElse(maxAgeSeconds, USUAL_AGE)));
      } catch (IllegalArgumentException e) {
        throw RefusedRequestException.badRequest(String.valueOf(e.getMessage()));
      }
    }

    private static String text(@Nullable String text) {
      return Objects.requireNonNullElse(text, "");
    }

    private static List<String> texts(List<@Nullable String> given) {
      return given.stream().map(IssuerText::text).toList();
    }

    private static Map<String, String> texts(Map<String, @Nullable String> given) {
      Map<String, String> texts = new TreeMap<>();
      given.forEach((key, value) -> texts.put(key, text(value)));
      return texts;
    }

    private static Bytes der(String base64) {
      byte[] der = Base64.getMimeDecoder().decode(base64);
      try {
        var _ =
            CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(der));
      } catch (CertificateException e) {
        throw new IllegalArgumentException("roots: (expected: X.509 in DER, base64)", e);
      }
      return Bytes.adopt(der);
    }
  }

  record IssuerView(
      String name,
      String url,
      String audience,
      Set<String> algorithms,
      Map<String, String> required,
      Map<String, String> facts,
      int roots,
      long maxAgeSeconds,
      String addedBy,
      Instant addedAt,
      String reason) {
    static IssuerView of(ExchangeIssuers.Entry entry) {
      ExchangeIssuer issuer = entry.issuer();
      return new IssuerView(
          issuer.name(),
          issuer.url(),
          issuer.audience(),
          new TreeSet<>(issuer.algorithms()),
          new TreeMap<>(issuer.required()),
          issuer.sortedFacts(),
          issuer.roots().size(),
          issuer.maxAge().toSeconds(),
          entry.author(),
          entry.addedAt(),
          entry.reason());
    }
  }
}
