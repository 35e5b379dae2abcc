package dev.alts.ca.admin;

import dev.alts.ca.federation.Acceptance;
import dev.alts.ca.federation.EndpointProfile;
import dev.alts.ca.federation.Relationship;
import dev.alts.ca.fetch.HttpsUrl;
import dev.alts.identity.Bytes;
import dev.alts.identity.EntityKind;
import dev.alts.identity.SpiffeId;
import dev.alts.identity.TrustDomain;
import dev.alts.identity.document.RootFingerprint;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A relationship as an admin writes it.
 *
 * @param profile https_web or https_spiffe
 * @param endpointSpiffeId with https_spiffe; whose SVID the endpoint shows
 * @param webAuthorities with https_web: PEM of the CAs that are trusted for it; absent: the
 *     system's
 * @param bundle as the endpoint serves it; with https_spiffe how the endpoint is known at first
 * @param rootFingerprint of the domain's root, for ALTS; absent: SPIFFE only
 * @param privateNetwork whether the endpoint may be in a private network; absent: no
 * @param kinds absent: workload
 * @param paths prefixes of the paths that are accepted; absent: all
 * @param givenTo prefixes of the paths of our identities that are told of it; absent: all
 * @param maxAge ISO 8601; absent: P7D
 */
record FederationText(
    @Nullable String endpoint,
    @Nullable String profile,
    @Nullable String endpointSpiffeId,
    @Nullable String webAuthorities,
    @Nullable String bundle,
    @Nullable String rootFingerprint,
    @Nullable Boolean privateNetwork,
    @Nullable List<@Nullable String> kinds,
    @Nullable List<@Nullable String> paths,
    @Nullable List<@Nullable String> givenTo,
    @Nullable String maxAge,
    @Nullable String reason) {
  private static final String USUAL_MAX_AGE = "P7D";
  private static final int MAX_WEB_AUTHORITIES = 16;

  Relationship parsed(TrustDomain domain) {
    if (endpoint == null) {
      throw new IllegalArgumentException("endpoint: expected the URL of the domain's bundle");
    }
    return new Relationship(
        domain,
        HttpsUrl.parse(endpoint),
        parsedProfile(),
        rootFingerprint == null ? null : RootFingerprint.parse(rootFingerprint),
        Boolean.TRUE.equals(privateNetwork),
        new Acceptance(parsedKinds(), present(paths), present(givenTo), parsedMaxAge()));
  }

  private EndpointProfile parsedProfile() {
    return switch (profile) {
      case "https_web" -> {
        requireAbsent("endpointSpiffeId", endpointSpiffeId);
        yield new EndpointProfile.HttpsWeb(parsedWebAuthorities());
      }
      case "https_spiffe" -> {
        requireAbsent("webAuthorities", webAuthorities);
        if (endpointSpiffeId == null) {
          throw new IllegalArgumentException(
              "endpointSpiffeId: expected the SPIFFE ID of the endpoint, with https_spiffe");
        }
        yield new EndpointProfile.HttpsSpiffe(SpiffeId.parse(endpointSpiffeId));
      }
      case null, default ->
          throw new IllegalArgumentException("profile: expected https_web or https_spiffe");
    };
  }

  private void requireAbsent(String name, @Nullable String value) {
    if (value != null) {
      throw new IllegalArgumentException("%s: not with %s".formatted(name, profile));
    }
  }

  private List<Bytes> parsedWebAuthorities() {
    if (webAuthorities == null) {
      return List.of();
    }
    try {
      List<Bytes> found = new ArrayList<>();
      for (Certificate certificate :
          CertificateFactory.getInstance("X.509")
              .generateCertificates(
                  new ByteArrayInputStream(webAuthorities.getBytes(StandardCharsets.ISO_8859_1)))) {
        found.add(Bytes.adopt(certificate.getEncoded()));
      }
      if (found.isEmpty() || found.size() > MAX_WEB_AUTHORITIES) {
        throw new IllegalArgumentException(
            "webAuthorities: %d certificates (expected: 1 to %d)"
                .formatted(found.size(), MAX_WEB_AUTHORITIES));
      }
      return found;
    } catch (CertificateException e) {
      throw new IllegalArgumentException("webAuthorities: expected certificates in PEM", e);
    }
  }

  private Set<EntityKind> parsedKinds() {
    List<String> names = present(kinds);
    return names.isEmpty()
        ? Set.of(EntityKind.WORKLOAD)
        : names.stream().map(FederationText::kind).collect(Collectors.toSet());
  }

  private static EntityKind kind(String name) {
    for (EntityKind kind : EntityKind.values()) {
      if (kind.name().toLowerCase(Locale.ROOT).equals(name)) {
        return kind;
      }
    }
    throw new IllegalArgumentException("kinds: expected workload, machine or human");
  }

  private Duration parsedMaxAge() {
    try {
      return Duration.parse(Objects.requireNonNullElse(maxAge, USUAL_MAX_AGE));
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException("maxAge: expected a duration as PT24H or P7D", e);
    }
  }

  private static List<String> present(@Nullable List<@Nullable String> texts) {
    return texts == null ? List.of() : texts.stream().map(FederationText::text).toList();
  }

  private static String text(@Nullable String text) {
    if (text == null) {
      throw new IllegalArgumentException("lists: expected no null in them");
    }
    return text;
  }
}
