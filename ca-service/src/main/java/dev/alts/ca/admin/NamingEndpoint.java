package dev.alts.ca.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.alts.ca.admin.web.AuthenticatedHuman;
import dev.alts.ca.admin.web.RefusedRequestException;
import dev.alts.ca.naming.NamingPolicies;
import dev.alts.ca.naming.NamingPolicyVersion;
import dev.alts.identity.EntityKind;
import dev.alts.identity.SpiffeId;
import dev.alts.identity.document.NamingDecision;
import dev.alts.identity.document.NamingEntry;
import dev.alts.identity.document.NamingMode;
import dev.alts.identity.document.NamingPolicy;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The naming policy: replace, read, explain. */
@RestController
class NamingEndpoint {
  private static final String BY_OPERATOR = "operator";
  private static final int MAX_ENTRIES = 10_000;

  private final NamingPolicies policies;
  private final AdminActs acts;
  private final PastTime time;

  NamingEndpoint(NamingPolicies policies, AdminActs acts, PastTime time) {
    this.policies = policies;
    this.acts = acts;
    this.time = time;
  }

  @PutMapping(path = "/v1/naming", consumes = MediaType.APPLICATION_JSON_VALUE)
  ResponseEntity<Version> replace(
      @AuthenticationPrincipal AuthenticatedHuman admin,
      @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch,
      @RequestBody Replacement replacement) {
    OptionalLong expected = VersionTag.expected(ifMatch);
    NamingMode mode = mode(replacement.mode());
    List<NamingEntry> entries = replacement.parsed();
    String reason = Reason.require(replacement.reason());
    NamingPolicyVersion applied =
        acts.perform(
            admin,
            "naming.apply",
            entries.size() + " entries",
            reason,
            () ->
                expected.isEmpty()
                    ? policies.apply(mode, entries, admin.auditName(), reason)
                    : policies
                        .applyOver(expected.getAsLong(), mode, entries, admin.auditName(), reason)
                        .orElseThrow(this::replacedMeanwhile));
    long version = applied.policy().version();
    return ResponseEntity.ok().eTag(VersionTag.of(version)).body(new Version(version));
  }

  private RefusedRequestException replacedMeanwhile() {
    return RefusedRequestException.of(
        HttpStatus.PRECONDITION_FAILED,
        "The naming policy is at version %d by now. Nothing was changed."
            .formatted(inForce().policy().version()),
        "Somebody set it meanwhile: see altsctl naming list, and set again what is still wanted.");
  }

  @GetMapping("/v1/naming")
  ResponseEntity<Naming> read() {
    Naming inForce = Naming.of(inForce());
    return ResponseEntity.ok().eTag(VersionTag.of(inForce.version())).body(inForce);
  }

  /** Who may answer for a target, and whether a certain server may. */
  @GetMapping("/v1/naming/explain")
  Explanation explain(
      @RequestParam("target") String target,
      @RequestParam("spiffeId") @Nullable String spiffeId,
      @RequestParam("at") @Nullable String at) {
    NamingPolicyVersion version = at == null || at.isEmpty() ? inForce() : inForceAt(at);
    NamingPolicy policy = version.policy();
    try {
      return Explanation.of(
          version, target, spiffeId == null ? null : decide(policy, target, spiffeId));
    } catch (IllegalArgumentException e) {
      // A target that is none.
      throw RefusedRequestException.badRequest(String.valueOf(e.getMessage()));
    }
  }

  private static NamingDecision decide(NamingPolicy policy, String target, String spiffeId) {
    SpiffeId server = server(spiffeId);
    EntityKind kind =
        EntityKind.ofPath(server)
            .orElseThrow(
                () -> RefusedRequestException.badRequest("spiffeId: no entity may have it"));
    return policy.decide(target, server, kind);
  }

  private NamingPolicyVersion inForce() {
    return policies
        .current()
        .orElseThrow(() ->
            RefusedRequestException.of(
                HttpStatus.SERVICE_UNAVAILABLE, "There is no naming policy yet.", null));
  }

  private NamingPolicyVersion inForceAt(String at) {
    return policies
        .inForceAt(time.orNow(at))
        .orElseThrow(() ->
            RefusedRequestException.of(
                HttpStatus.NOT_FOUND, "There was no naming policy yet.", null));
  }

  private static SpiffeId server(String text) {
    try {
      return SpiffeId.parse(text);
    } catch (IllegalArgumentException e) {
      throw RefusedRequestException.badRequest("spiffeId: expected a SPIFFE ID");
    }
  }

  private static NamingMode mode(@Nullable String text) {
    return switch (Objects.requireNonNullElse(text, "")) {
      case "strict" -> NamingMode.STRICT;
      case "trust-domain" -> NamingMode.TRUST_DOMAIN;
      default -> throw RefusedRequestException.badRequest("mode: expected strict or trust-domain");
    };
  }

  private static String text(NamingMode mode) {
    return switch (mode) {
      case STRICT -> "strict";
      case TRUST_DOMAIN -> "trust-domain";
    };
  }

  record Replacement(
      @Nullable String reason, @Nullable String mode, @Nullable List<@Nullable Entry> entries) {
    List<NamingEntry> parsed() {
      List<@Nullable Entry> given = Objects.requireNonNullElse(entries, List.of());
      if (given.size() > MAX_ENTRIES) {
        throw RefusedRequestException.badRequest("entries: expected at most " + MAX_ENTRIES);
      }
      try {
        return given.stream().map(Entry::parse).toList();
      } catch (IllegalArgumentException e) {
        throw RefusedRequestException.badRequest(String.valueOf(e.getMessage()));
      }
    }
  }

  record Version(long version) {}

  /**
   * @param target host, with a port only if the entry is about that port
   * @param identities SPIFFE IDs, or prefixes that end in {@code /*}
   * @param origin only in answers
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Entry(
      @Nullable String target, @Nullable List<String> identities, @Nullable String origin) {
    static NamingEntry parse(@Nullable Entry entry) {
      if (entry == null
          || entry.target == null
          || entry.identities == null
          || entry.identities.stream().anyMatch(Objects::isNull)) {
        throw new IllegalArgumentException("entries: each needs target and identities");
      }
      return new NamingEntry(entry.target, entry.identities, BY_OPERATOR);
    }

    static Entry of(NamingEntry entry) {
      return new Entry(entry.targetPattern(), entry.spiffeIdPatterns(), entry.origin());
    }
  }

  record Naming(long version, String mode, List<Entry> entries, String author, String reason) {
    static Naming of(NamingPolicyVersion stored) {
      return new Naming(
          stored.policy().version(),
          text(stored.policy().mode()),
          stored.policy().entries().stream().map(Entry::of).toList(),
          stored.author(),
          stored.reason());
    }
  }

  /**
   * @param version of the policy, and since when it was in force
   * @param entries about the target; none: the mode decides
   * @param accepted whether the server in question may answer; null: none was asked about
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Explanation(
      String target,
      long version,
      Instant since,
      String mode,
      List<Entry> entries,
      @Nullable Boolean accepted,
      @Nullable String reason) {
    static Explanation of(
        NamingPolicyVersion version, String target, @Nullable NamingDecision decision) {
      return switch (decision) {
        case null -> of(version, target, null, null);
        case NamingDecision.Named(NamingEntry entry) ->
            of(version, target, true, "named by the entry " + entry.targetPattern());
        case NamingDecision.MemberOfTrustDomain() ->
            of(version, target, true, "the target has no entry and the mode is trust-domain");
        case NamingDecision.Refused(String reason) -> of(version, target, false, reason);
      };
    }

    private static Explanation of(
        NamingPolicyVersion version,
        String target,
        @Nullable Boolean accepted,
        @Nullable String reason) {
      NamingPolicy policy = version.policy();
      return new Explanation(
          target,
          policy.version(),
          policy.issuedAt(),
          text(policy.mode()),
          policy.entriesAbout(target).stream().map(Entry::of).toList(),
          accepted,
          reason);
    }
  }
}
