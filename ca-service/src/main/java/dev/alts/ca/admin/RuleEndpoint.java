package dev.alts.ca.admin;

import dev.alts.ca.admin.web.AuthenticatedHuman;
import dev.alts.ca.admin.web.RefusedRequestException;
import dev.alts.ca.humans.Permission;
import dev.alts.ca.policy.GrantedIdentity;
import dev.alts.ca.policy.IdentityRules;
import dev.alts.ca.policy.InvalidRulesException;
import dev.alts.ca.policy.PolicyDecision;
import dev.alts.ca.policy.RuleDraft;
import dev.alts.ca.policy.RuleSetVersion;
import dev.alts.ca.policy.RuleVerdict;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

/** Identity rules: replace, read, try. */
@RestController
class RuleEndpoint implements ApprovedAct {
  private static final int MAX_PROBLEMS = 20;

  private final IdentityRules rules;
  private final WithdrawalLimit limit;
  private final RuleDeletions deletions;
  private final AdminActs acts;

  RuleEndpoint(
      IdentityRules rules, WithdrawalLimit limit, RuleDeletions deletions, AdminActs acts) {
    this.rules = rules;
    this.limit = limit;
    this.deletions = deletions;
    this.acts = acts;
  }

  @PutMapping(path = "/v1/rules", consumes = MediaType.APPLICATION_JSON_VALUE)
  ResponseEntity<Version> replace(
      @AuthenticationPrincipal AuthenticatedHuman admin,
      @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch,
      @RequestBody Replacement replacement) {
    OptionalLong expected = VersionTag.expected(ifMatch);
    // The checks below are of what is in force now, so nothing else may be replaced.
    long over = expected.orElseGet(deletions::version);
    List<RuleDraft> drafts = RuleText.drafts(replacement.rules());
    String reason = Reason.require(replacement.reason());
    limit.require(drafts, replacement.allowWithdrawals());
    deletions.require(admin, operation(), drafts, replacement, reason);
    return acts.perform(
        admin,
        "rules.apply",
        drafts.size() + " rules",
        reason,
        () -> {
          try {
            return tagged(
                rules
                    .applyOver(over, drafts, admin.auditName(), reason)
                    .orElseThrow(() -> replacedMeanwhile(rules))
                    .version());
          } catch (InvalidRulesException e) {
            throw invalid(e);
          }
        });
  }

  static ResponseEntity<Version> tagged(long version) {
    return ResponseEntity.ok().eTag(VersionTag.of(version)).body(new Version(version));
  }

  static RefusedRequestException replacedMeanwhile(IdentityRules rules) {
    return RefusedRequestException.of(
        HttpStatus.PRECONDITION_FAILED,
        "The rules are at version %d by now. Nothing was changed."
            .formatted(rules.inForce().version()),
        "Somebody changed them meanwhile: see altsctl rule list, and apply again what is wanted.");
  }

  @Override
  public String operation() {
    return "rules";
  }

  @Override
  public void authorize(AuthenticatedHuman human, String request) {
    WithinReach.requirePermission(human, Permission.RULES_CHANGE);
  }

  @Override
  public Object perform(AuthenticatedHuman requester, String request) {
    RuleDeletions.Kept kept = FourEyes.read(request, RuleDeletions.Kept.class);
    deletions.requireUnchanged(kept);
    // By the condition once more: somebody may change them between that look and the change.
    return Objects.requireNonNull(
        replace(
                requester,
                VersionTag.of(kept.inForce()),
                FourEyes.read(kept.request(), Replacement.class))
            .getBody());
  }

  @GetMapping("/v1/rules")
  ResponseEntity<Rules> read() {
    Rules inForce = rules.current().map(Rules::of).orElseGet(Rules::none);
    return ResponseEntity.ok().eTag(VersionTag.of(inForce.version())).body(inForce);
  }

  @PostMapping(path = "/v1/rules/test", consumes = MediaType.APPLICATION_JSON_VALUE)
  Tested test(@RequestBody Trial trial) {
    if (trial.facts() == null) {
      throw RefusedRequestException.badRequest("facts: missing");
    }
    try {
      return Tested.of(
          rules.test(trial.facts(), Optional.ofNullable(trial.rules()).map(RuleText::drafts)));
    } catch (InvalidRulesException e) {
      throw invalid(e);
    } catch (IllegalArgumentException e) {
      // A fact of another type than the catalogue's; the message names it.
      throw RefusedRequestException.badRequest(String.valueOf(e.getMessage()));
    }
  }

  static RefusedRequestException invalid(InvalidRulesException invalid) {
    List<String> problems = invalid.problems();
    return RefusedRequestException.of(
        HttpStatus.UNPROCESSABLE_CONTENT,
        String.join("\n", problems.subList(0, Math.min(problems.size(), MAX_PROBLEMS))),
        "Nothing was changed.");
  }

  /**
   * @param allowWithdrawals how many identities on machines may be withdrawn; null: what is usual
   */
  record Replacement(
      @Nullable String reason,
      @Nullable List<@Nullable RuleText> rules,
      @Nullable Long allowWithdrawals) {}

  record Version(long version) {}

  record Rules(
      long version,
      List<RuleText> items,
      @Nullable String author,
      @Nullable String reason,
      @Nullable Instant createdAt) {
    static Rules of(RuleSetVersion stored) {
      return new Rules(
          stored.version(),
          stored.rules().stream().map(RuleText::of).toList(),
          stored.author(),
          stored.reason(),
          stored.createdAt());
    }

    static Rules none() {
      return new Rules(0, List.of(), null, null, null);
    }
  }

  record Trial(@Nullable Map<String, Object> facts, @Nullable List<@Nullable RuleText> rules) {}

  record Tested(List<GrantedText> granted, List<String> explanation) {
    static Tested of(PolicyDecision decision) {
      List<String> explanation = decision.verdicts().stream().map(Tested::text).toList();
      return switch (decision) {
        case PolicyDecision.Granted given ->
            new Tested(given.identities().stream().map(GrantedText::of).toList(), explanation);
        case PolicyDecision.Refused refused -> new Tested(List.of(), explanation);
      };
    }

    private static String text(RuleVerdict verdict) {
      return switch (verdict) {
        case RuleVerdict.Matches matches ->
            "rule \"%s\": gives %s".formatted(matches.rule(), matches.spiffeId());
        case RuleVerdict.Fails fails -> fails.text();
      };
    }
  }

  record GrantedText(String spiffeId, String rule) {
    static GrantedText of(GrantedIdentity identity) {
      return new GrantedText(identity.spiffeId().toString(), identity.rule());
    }
  }
}
