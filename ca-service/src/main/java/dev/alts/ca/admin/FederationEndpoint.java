package dev.alts.ca.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.alts.ca.admin.web.AuthenticatedHuman;
import dev.alts.ca.admin.web.RefusedRequestException;
import dev.alts.ca.federation.EndpointProfile;
import dev.alts.ca.federation.FederationRefresh;
import dev.alts.ca.federation.FederationStatus;
import dev.alts.ca.federation.Federations;
import dev.alts.ca.federation.Relationship;
import dev.alts.identity.TrustDomain;
import dev.alts.identity.document.RootFingerprint;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Other trust domains that are accepted: enter, look, fetch now, end. */
@RestController
class FederationEndpoint {
  private static final String HINT = "altsctl federation list";

  private final Federations federations;
  private final FederationRefresh refresh;
  private final AdminActs acts;

  FederationEndpoint(Federations federations, FederationRefresh refresh, AdminActs acts) {
    this.federations = federations;
    this.refresh = refresh;
    this.acts = acts;
  }

  @GetMapping("/v1/federations")
  FederationList list() {
    return new FederationList(federations.list().stream().map(FederationView::of).toList(), null);
  }

  @GetMapping("/v1/federations/{domain}")
  FederationView show(@PathVariable("domain") String trustDomain) {
    return FederationView.of(
        federations.find(domain(trustDomain)).orElseThrow(() -> unknown(trustDomain)));
  }

  @PutMapping(path = "/v1/federations/{domain}", consumes = MediaType.APPLICATION_JSON_VALUE)
  FederationView put(
      @AuthenticationPrincipal AuthenticatedHuman admin,
      @PathVariable("domain") String trustDomain,
      @RequestBody FederationText text) {
    TrustDomain domain = domain(trustDomain);
    String reason = Reason.require(text.reason());
    Relationship relationship = checked(() -> text.parsed(domain));
    return FederationView.of(
        acts.perform(
            admin,
            "federation.put",
            "%s at %s by %s"
                .formatted(domain, relationship.endpoint(), relationship.profile().text()),
            reason,
            () -> checked(() -> federations.put(relationship, text.bundle(), admin.auditName()))));
  }

  @PostMapping(
      path = "/v1/federations/{domain}/refresh",
      consumes = MediaType.APPLICATION_JSON_VALUE)
  FederationView refresh(
      @AuthenticationPrincipal AuthenticatedHuman admin,
      @PathVariable("domain") String trustDomain,
      @RequestBody Reason reason) {
    TrustDomain domain = domain(trustDomain);
    return FederationView.of(
        acts.perform(
            admin,
            "federation.refresh",
            domain.name(),
            reason.text(),
            () -> refresh.refresh(domain).orElseThrow(() -> unknown(trustDomain))));
  }

  @PostMapping(
      path = "/v1/federations/{domain}/remove",
      consumes = MediaType.APPLICATION_JSON_VALUE)
  FederationList remove(
      @AuthenticationPrincipal AuthenticatedHuman admin,
      @PathVariable("domain") String trustDomain,
      @RequestBody Reason reason) {
    TrustDomain domain = domain(trustDomain);
    return acts.perform(
        admin,
        "federation.remove",
        domain.name(),
        reason.text(),
        () -> {
          if (!federations.remove(domain)) {
            throw unknown(trustDomain);
          }
          return list();
        });
  }

  private static TrustDomain domain(String text) {
    return checked(() -> new TrustDomain(text));
  }

  private static <T> T checked(Supplier<T> work) {
    try {
      return work.get();
    } catch (IllegalArgumentException e) {
      throw RefusedRequestException.badRequest(String.valueOf(e.getMessage()));
    }
  }

  private static RefusedRequestException unknown(String trustDomain) {
    return RefusedRequestException.of(
        HttpStatus.NOT_FOUND, "%s is not federated with.".formatted(trustDomain), HINT);
  }

  @JsonInclude(JsonInclude.Include.ALWAYS)
  record FederationList(List<FederationView> items, @Nullable String next) {}

  /**
   * @param profile https_web or https_spiffe
   * @param trustDocumentSequence absent: no ALTS with it
   * @param standing good, waiting, failing, expired or empty
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record FederationView(
      String trustDomain,
      String endpoint,
      String profile,
      @Nullable String endpointSpiffeId,
      @Nullable Integer webAuthorities,
      @Nullable String rootFingerprint,
      boolean privateNetwork,
      List<String> kinds,
      List<String> paths,
      List<String> givenTo,
      String maxAge,
      String standing,
      @Nullable Long sequence,
      int authorities,
      int jwtKeys,
      @Nullable Long trustDocumentSequence,
      @Nullable Instant fetchedAt,
      Instant nextFetchAt,
      int failures,
      @Nullable String lastFailure,
      String changedBy,
      Instant changedAt) {
    static FederationView of(FederationStatus status) {
      Relationship relationship = status.relationship();
      RootFingerprint root = relationship.root();
      return new FederationView(
          relationship.domain().name(),
          relationship.endpoint().toString(),
          relationship.profile().text(),
          relationship.profile() instanceof EndpointProfile.HttpsSpiffe spiffe
              ? spiffe.endpoint().toString()
              : null,
          relationship.profile() instanceof EndpointProfile.HttpsWeb web
              ? web.authorities().size()
              : null,
          root == null ? null : root.toString(),
          relationship.privateNetwork(),
          relationship.acceptance().kinds().stream()
              .map(kind -> kind.name().toLowerCase(Locale.ROOT))
              .sorted()
              .toList(),
          relationship.acceptance().paths(),
          relationship.acceptance().givenTo(),
          relationship.acceptance().maxAge().toString(),
          status.standing().name().toLowerCase(Locale.ROOT),
          status.sequence(),
          status.authorities(),
          status.jwtKeys(),
          status.trustDocumentSequence(),
          status.fetchedAt(),
          status.nextFetchAt(),
          status.failures(),
          status.lastFailure(),
          status.changedBy(),
          status.changedAt());
    }
  }
}
