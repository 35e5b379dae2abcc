package dev.alts.ca.admin;

import dev.alts.ca.admin.web.AuthenticatedHuman;
import dev.alts.ca.admin.web.ItemList;
import dev.alts.ca.admin.web.PageRequest;
import dev.alts.ca.admin.web.RefusedRequestException;
import dev.alts.ca.naming.DomainPolicies;
import dev.alts.ca.naming.PolicyVersion;
import dev.alts.ca.naming.PolicyVersions;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Record policy, revocation policy, pacing: replace, read, and who set which version. */
@RestController
class PolicyEndpoint {
  private final DomainPolicies policies;
  private final PolicyVersions versions;
  private final AdminActs acts;

  PolicyEndpoint(DomainPolicies policies, PolicyVersions versions, AdminActs acts) {
    this.policies = policies;
    this.versions = versions;
    this.acts = acts;
  }

  @PutMapping(path = "/v1/policies/record", consumes = MediaType.APPLICATION_JSON_VALUE)
  InForce replaceRecord(
      @AuthenticationPrincipal AuthenticatedHuman admin, @RequestBody RecordReplacement wanted) {
    RecordPolicyText policy =
        RecordPolicyText.of(wanted.recordProtocols(), wanted.requirePrivacy());
    String reason = Reason.require(wanted.reason());
    acts.perform(
        admin,
        "policy.record",
        policy.describe(),
        reason,
        () -> policies.applyRecord(policy.toWire(), admin.auditName(), reason));
    return latest(PolicyVersions.Kind.RECORD);
  }

  @PutMapping(path = "/v1/policies/revocation", consumes = MediaType.APPLICATION_JSON_VALUE)
  InForce replaceRevocation(
      @AuthenticationPrincipal AuthenticatedHuman admin,
      @RequestBody RevocationReplacement wanted) {
    RevocationPolicyText policy =
        RevocationPolicyText.of(
            wanted.whenStale(),
            wanted.maxChannelLife(),
            Objects.requireNonNullElse(wanted.endChannelsWithPeerCertificate(), false));
    String reason = Reason.require(wanted.reason());
    acts.perform(
        admin,
        "policy.revocation",
        policy.describe(),
        reason,
        () -> policies.applyRevocation(policy.toWire(), admin.auditName(), reason));
    return latest(PolicyVersions.Kind.REVOCATION);
  }

  @PutMapping(path = "/v1/policies/pacing", consumes = MediaType.APPLICATION_JSON_VALUE)
  InForce replacePacing(
      @AuthenticationPrincipal AuthenticatedHuman admin, @RequestBody PacingReplacement wanted) {
    PacingText pacing = PacingText.of(wanted.spreadSeconds());
    String reason = Reason.require(wanted.reason());
    acts.perform(
        admin,
        "policy.pacing",
        pacing.describe(),
        reason,
        () -> policies.applyPacing(pacing.toWire(), admin.auditName(), reason));
    return latest(PolicyVersions.Kind.PACING);
  }

  @GetMapping("/v1/policies/{kind}")
  InForce read(@PathVariable("kind") String kind) {
    return latest(kind(kind));
  }

  @GetMapping("/v1/policies/{kind}/versions")
  ItemList<InForce> list(
      @PathVariable("kind") String text,
      @RequestParam @Nullable Integer limit,
      @RequestParam @Nullable String after) {
    PolicyVersions.Kind kind = kind(text);
    PageRequest page = PageRequest.of(limit, after);
    List<InForce> found =
        versions.list(kind, before(page.after()), page.limit() + 1).stream()
            .map(version -> InForce.of(kind, version))
            .toList();
    boolean more = found.size() > page.limit();
    List<InForce> items = more ? found.subList(0, page.limit()) : found;
    return new ItemList<>(items, more ? Long.toString(items.getLast().version()) : null);
  }

  private InForce latest(PolicyVersions.Kind kind) {
    return versions.list(kind, Long.MAX_VALUE, 1).stream()
        .findFirst()
        .map(version -> InForce.of(kind, version))
        .orElseThrow(() ->
            RefusedRequestException.of(
                HttpStatus.SERVICE_UNAVAILABLE, "There is no such policy yet.", null));
  }

  private static long before(String after) {
    if (after.isEmpty()) {
      return Long.MAX_VALUE;
    }
    if (!after.matches("[0-9]{1,18}")) {
      throw RefusedRequestException.badRequest("after: expected the value of \"next\"");
    }
    return Long.parseLong(after);
  }

  private static PolicyVersions.Kind kind(String text) {
    return switch (text) {
      case "record" -> PolicyVersions.Kind.RECORD;
      case "revocation" -> PolicyVersions.Kind.REVOCATION;
      case "pacing" -> PolicyVersions.Kind.PACING;
      default ->
          throw RefusedRequestException.of(
              HttpStatus.NOT_FOUND, "Policies are record, revocation and pacing.", null);
    };
  }

  record RecordReplacement(
      @Nullable String reason,
      @Nullable List<@Nullable String> recordProtocols,
      @Nullable Boolean requirePrivacy) {}

  record PacingReplacement(@Nullable String reason, @Nullable Integer spreadSeconds) {}

  record RevocationReplacement(
      @Nullable String reason,
      @Nullable String whenStale,
      @Nullable String maxChannelLife,
      @Nullable Boolean endChannelsWithPeerCertificate) {}

  /** A version and what it says. */
  record InForce(long version, PolicyText policy, String author, String reason, Instant createdAt) {
    static InForce of(PolicyVersions.Kind kind, PolicyVersion stored) {
      PolicyText policy =
          switch (kind) {
            case RECORD -> RecordPolicyText.parse(stored.body());
            case REVOCATION -> RevocationPolicyText.parse(stored.body());
            case PACING -> PacingText.parse(stored.body());
          };
      return new InForce(
          stored.version(), policy, stored.author(), stored.reason(), stored.createdAt());
    }
  }
}
