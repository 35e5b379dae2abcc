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
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
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
  ResponseEntity<InForce> replaceRecord(
      @AuthenticationPrincipal AuthenticatedHuman admin,
      @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch,
      @RequestBody RecordReplacement wanted) {
    RecordPolicyText policy =
        RecordPolicyText.of(wanted.recordProtocols(), wanted.requirePrivacy());
    String reason = Reason.require(wanted.reason());
    return replace(
        admin,
        new Replacement(PolicyVersions.Kind.RECORD, VersionTag.expected(ifMatch), policy, reason),
        () -> policies.applyRecord(policy.toWire(), admin.auditName(), reason));
  }

  @PutMapping(path = "/v1/policies/revocation", consumes = MediaType.APPLICATION_JSON_VALUE)
  ResponseEntity<InForce> replaceRevocation(
      @AuthenticationPrincipal AuthenticatedHuman admin,
      @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch,
      @RequestBody RevocationReplacement wanted) {
    RevocationPolicyText policy =
        RevocationPolicyText.of(
            wanted.whenStale(),
            wanted.maxChannelLife(),
            Objects.requireNonNullElse(wanted.endChannelsWithPeerCertificate(), false));
    String reason = Reason.require(wanted.reason());
    return replace(
        admin,
        new Replacement(
            PolicyVersions.Kind.REVOCATION, VersionTag.expected(ifMatch), policy, reason),
        () -> policies.applyRevocation(policy.toWire(), admin.auditName(), reason));
  }

  @PutMapping(path = "/v1/policies/pacing", consumes = MediaType.APPLICATION_JSON_VALUE)
  ResponseEntity<InForce> replacePacing(
      @AuthenticationPrincipal AuthenticatedHuman admin,
      @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch,
      @RequestBody PacingReplacement wanted) {
    PacingText pacing = PacingText.of(wanted.spreadSeconds());
    String reason = Reason.require(wanted.reason());
    return replace(
        admin,
        new Replacement(PolicyVersions.Kind.PACING, VersionTag.expected(ifMatch), pacing, reason),
        () -> policies.applyPacing(pacing.toWire(), admin.auditName(), reason));
  }

  @GetMapping("/v1/policies/{kind}")
  ResponseEntity<InForce> read(@PathVariable("kind") String kind) {
    return tagged(latest(kind(kind)));
  }

  /**
   * Puts a policy in force; if the admin said which version it is to replace, only that one: what
   * somebody else set meanwhile is not overwritten unread.
   */
  private ResponseEntity<InForce> replace(
      AuthenticatedHuman admin, Replacement wanted, Runnable change) {
    PolicyVersions.Kind kind = wanted.kind;
    Supplier<InForce> effect =
        () -> {
          change.run();
          return latest(kind);
        };
    return tagged(
        acts.perform(
            admin,
            "policy." + text(kind),
            wanted.policy.describe(),
            wanted.reason,
            () ->
                wanted.expected.isEmpty()
                    ? effect.get()
                    : policies
                        .whileInForce(kind, wanted.expected.getAsLong(), effect)
                        .orElseThrow(() -> replacedMeanwhile(kind))));
  }

  private RefusedRequestException replacedMeanwhile(PolicyVersions.Kind kind) {
    return RefusedRequestException.of(
        HttpStatus.PRECONDITION_FAILED,
        "The %s policy is at version %d by now. Nothing was changed."
            .formatted(text(kind), latest(kind).version()),
        "Somebody set it meanwhile: see altsctl policy %s show, and set again what is still wanted."
            .formatted(text(kind)));
  }

  private static ResponseEntity<InForce> tagged(InForce policy) {
    return ResponseEntity.ok().eTag(VersionTag.of(policy.version())).body(policy);
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

  private static String text(PolicyVersions.Kind kind) {
    return switch (kind) {
      case RECORD -> "record";
      case REVOCATION -> "revocation";
      case PACING -> "pacing";
    };
  }

  private record Replacement(
      PolicyVersions.Kind kind, OptionalLong expected, PolicyText policy, String reason) {}

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
