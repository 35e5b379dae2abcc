package dev.alts.ca.federation;

import dev.alts.api.federation.v1.DomainDocuments;
import dev.alts.ca.authority.TrustDocuments;
import dev.alts.ca.fetch.FetchException;
import dev.alts.ca.fetch.FetchLimits;
import dev.alts.ca.fetch.HttpsFetcher;
import dev.alts.ca.fetch.HttpsUrl;
import dev.alts.ca.fetch.ServerTrust;
import dev.alts.identity.SpiffeId;
import dev.alts.identity.TrustDomain;
import dev.alts.identity.document.InvalidDocumentException;
import dev.alts.identity.document.IssuingAuthority;
import dev.alts.identity.x509.AuthorityCertificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Asks the endpoint of a foreign trust domain. What it answers is yet to be judged. Thread-safe.
 */
final class EndpointReader {
  static final String DOCUMENTS_PATH = "/alts/v1/documents";
  static final String BUNDLE_TYPE = "application/json";
  static final String DOCUMENTS_TYPE = "application/x-protobuf";

  private static final Duration TIME = Duration.ofSeconds(10);

  private final Fetchers https;
  private final TrustDocuments own;
  private final Function<TrustDomain, Optional<ForeignDomain>> others;
  private final InstantSource clock;

  /**
   * @param others what is held of foreign trust domains, for endpoints that are members of one
   */
  EndpointReader(
      Fetchers https,
      TrustDocuments own,
      Function<TrustDomain, Optional<ForeignDomain>> others,
      InstantSource clock) {
    this.https = https;
    this.own = own;
    this.others = others;
    this.clock = clock;
  }

  /**
   * By whom endpoints are asked.
   *
   * @param everywhere also in the private networks that the operator of the CA lists
   */
  record Fetchers(HttpsFetcher onTheInternet, HttpsFetcher everywhere) {
    private HttpsFetcher of(Relationship relationship) {
      return relationship.privateNetwork() ? everywhere : onTheInternet;
    }
  }

  /** An answer, parsed. */
  record Received(SpiffeBundle bundle, @Nullable DomainDocuments documents) {}

  Received read(ForeignDomain domain)
      throws FetchException, InvalidBundleException, InvalidDocumentException {
    Relationship relationship = domain.relationship();
    HttpsFetcher fetcher = https.of(relationship);
    ServerTrust trust = trust(domain);
    HttpsUrl endpoint = relationship.endpoint();
    SpiffeBundle bundle =
        SpiffeBundleText.parse(
            fetcher
                .get(
                    endpoint, BUNDLE_TYPE, trust, new FetchLimits(TIME, SpiffeBundleText.MAX_BYTES))
                .body(),
            domain.name());
    if (relationship.root() == null) {
      return new Received(bundle, null);
    }
    DomainDocuments documents =
        ForeignDocuments.parse(
            fetcher
                .get(
                    new HttpsUrl(endpoint.host(), endpoint.port(), DOCUMENTS_PATH),
                    DOCUMENTS_TYPE,
                    trust,
                    new FetchLimits(TIME, ForeignDocuments.MAX_BYTES))
                .body());
    return new Received(bundle, documents);
  }

  private ServerTrust trust(ForeignDomain domain) throws InvalidBundleException {
    return switch (domain.relationship().profile()) {
      case EndpointProfile.HttpsWeb web ->
          web.roots().isEmpty() ? ServerTrust.ofPlatform() : ServerTrust.ofRoots(web.roots());
      case EndpointProfile.HttpsSpiffe spiffe ->
          ServerTrust.of(
              new SvidEndpointTrust(
                  spiffe.endpoint(), authorities(domain, spiffe.endpoint()), clock));
    };
  }

  private List<AuthorityCertificate> authorities(ForeignDomain domain, SpiffeId endpoint)
      throws InvalidBundleException {
    TrustDomain of = endpoint.trustDomain();
    if (of.equals(own.current().parsed().trustDomain())) {
      return own.current().parsed().authorities().stream()
          .map(IssuingAuthority::certificate)
          .toList();
    }
    if (of.equals(domain.name())) {
      return authorities(domain);
    }
    ForeignDomain other =
        others
            .apply(of)
            .filter(found -> !found.isTooOld(clock.instant()))
            .orElseThrow(() ->
                new InvalidBundleException(
                    "endpoint %s: nothing is held of %s (expected: a federation with it)"
                        .formatted(endpoint, of)));
    return authorities(other);
  }

  private static List<AuthorityCertificate> authorities(ForeignDomain domain)
      throws InvalidBundleException {
    SpiffeBundle bundle = domain.held().bundle();
    if (bundle == null) {
      throw new InvalidBundleException(
          "no bundle of %s is held to know its endpoint by (expected: one from the admin)"
              .formatted(domain.name()));
    }
    return bundle.authorities();
  }
}
