package dev.alts.ca.issuance;

import dev.alts.ca.issuance.IssuanceOutcome.Reason;
import dev.alts.identity.AltsAttributes;
import dev.alts.identity.Bytes;
import dev.alts.identity.EntityKind;
import dev.alts.identity.SpiffeId;
import dev.alts.identity.TrustDomain;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Step 1 of docs/issuance.md: does the authorization cover exactly what is asked for? */
final class RequestAuthorizer {
  private static final Duration SHORTEST = Duration.ofSeconds(1);
  private static final int MAX_DNS_NAMES = 10;
  private static final Pattern DNS_NAME =
      Pattern.compile(
          "(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
              + "(\\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*");

  private final TrustDomain trustDomain;
  private final ProfileLimits limits;

  RequestAuthorizer(TrustDomain trustDomain, ProfileLimits limits) {
    this.trustDomain = trustDomain;
    this.limits = limits;
  }

  AuthorizedRequest authorize(CertificateRequest request) throws RequestRefusedException {
    requireSubject(request);
    requireCoverage(request.authorization(), request.profile());
    requireAttributes(request.authorization());
    requirePublicKey(request.publicKey());
    return new AuthorizedRequest(request, lifetime(request.profile(), request.lifetime()));
  }

  private void requireSubject(CertificateRequest request) throws RequestRefusedException {
    SpiffeId subject = request.authorization().subject();
    if (!subject.isMemberOf(trustDomain)) {
      throw notAuthorized("%s is not of trust domain %s".formatted(subject, trustDomain));
    }
    Optional<EntityKind> kind = EntityKind.ofPath(subject);
    if (kind.isEmpty()) {
      throw notAuthorized("no entity may be called %s".formatted(subject));
    }
    if (kind.get() != request.profile().kind()) {
      throw notAuthorized(
          "%s is a %s (profile %s is for a %s)"
              .formatted(subject, kind.get(), request.profile(), request.profile().kind()));
    }
  }

  /** Who decided may only have decided about this. No default: a new authorization must say. */
  private static void requireCoverage(
      IssuanceAuthorization authorization, CertificateProfile profile)
      throws RequestRefusedException {
    String path = authorization.subject().path();
    boolean covered =
        switch (authorization) {
          case IssuanceAuthorization.MachineAttestation attested ->
              (profile == CertificateProfile.MACHINE_MASTER
                      || profile == CertificateProfile.MACHINE_TLS)
                  && path.equals("/machine/" + attested.machine());
          case IssuanceAuthorization.RuleDecision decision ->
              (profile == CertificateProfile.WORKLOAD_MASTER
                      || profile == CertificateProfile.WORKLOAD_HANDED_OUT)
                  && !decision.machine().isEmpty();
          case IssuanceAuthorization.TokenExchange exchange ->
              profile == CertificateProfile.WORKLOAD_MASTER
                  || profile == CertificateProfile.WORKLOAD_HANDED_OUT;
          case IssuanceAuthorization.HumanLogin login ->
              profile == CertificateProfile.HUMAN_MASTER || profile == CertificateProfile.HUMAN_TLS;
          case IssuanceAuthorization.OwnEndpoint own ->
              profile == CertificateProfile.CA_TLS && path.equals("/ca");
        };
    if (!covered) {
      throw notAuthorized(
          "%s does not cover a %s for %s"
              .formatted(authorization.describe(), profile, authorization.subject()));
    }
  }

  private static void requireAttributes(IssuanceAuthorization authorization)
      throws RequestRefusedException {
    requireAtMost("boundary", authorization.boundary(), AltsAttributes.MAX_BOUNDARY_BYTES);
    requireAtMost("machine", authorization.machine(), AltsAttributes.MAX_MACHINE_BYTES);
    requireDnsNames(authorization.dnsNames());
  }

  /** The rules make good ones only; what would be read as a wildcard stops here all the same. */
  private static void requireDnsNames(List<String> names) throws RequestRefusedException {
    if (names.size() > MAX_DNS_NAMES
        || !names.stream().allMatch(name -> DNS_NAME.matcher(name).matches())) {
      throw notAuthorized("DNS names: not at most 10 names of lower-case labels");
    }
  }

  private static void requireAtMost(String what, String text, int maxBytes)
      throws RequestRefusedException {
    if (text.getBytes(StandardCharsets.UTF_8).length > maxBytes) {
      throw notAuthorized("%s is longer than %d bytes".formatted(what, maxBytes));
    }
  }

  private static void requirePublicKey(Bytes spki) throws RequestRefusedException {
    try {
      RequestedKey.require(spki);
    } catch (IllegalArgumentException e) {
      throw new RequestRefusedException(Reason.BAD_PUBLIC_KEY, String.valueOf(e.getMessage()));
    }
  }

  private Duration lifetime(CertificateProfile profile, @Nullable Duration wanted)
      throws RequestRefusedException {
    Duration longest = limits.longest(profile);
    if (wanted == null) {
      return limits.standard(profile);
    }
    // Compared, never added to a time before: it may be anything up to 2^63 seconds.
    if (wanted.compareTo(SHORTEST) < 0 || wanted.compareTo(longest) > 0) {
      throw new RequestRefusedException(
          Reason.BAD_LIFETIME,
          "lifetime: %s (expected: %s to %s)".formatted(wanted, SHORTEST, longest));
    }
    return wanted;
  }

  private static RequestRefusedException notAuthorized(String explanation) {
    return new RequestRefusedException(Reason.NOT_AUTHORIZED, explanation);
  }
}
