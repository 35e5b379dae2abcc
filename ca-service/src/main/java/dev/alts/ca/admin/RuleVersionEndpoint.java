package dev.alts.ca.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.alts.ca.admin.web.AuthenticatedHuman;
import dev.alts.ca.admin.web.ItemList;
import dev.alts.ca.admin.web.PageRequest;
import dev.alts.ca.admin.web.RefusedRequestException;
import dev.alts.ca.humans.Permission;
import dev.alts.ca.machine.RulePreview;
import dev.alts.ca.policy.IdentityRules;
import dev.alts.ca.policy.InvalidRulesException;
import dev.alts.ca.policy.RuleDraft;
import dev.alts.ca.policy.RuleSetSummary;
import dev.alts.ca.policy.RuleSetVersion;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Versions of the rules: what there was, back to it, and what a next one would do. */
@RestController
class RuleVersionEndpoint implements ApprovedAct {
  private final IdentityRules rules;
  private final RulePreview preview;
  private final WithdrawalLimit limit;
  private final RuleDeletions deletions;
  private final AdminActs acts;

  RuleVersionEndpoint(
      IdentityRules rules,
      RulePreview preview,
      WithdrawalLimit limit,
      RuleDeletions deletions,
      AdminActs acts) {
    this.rules = rules;
    this.limit = limit;
    this.preview = preview;
    this.deletions = deletions;
    this.acts = acts;
  }

  @GetMapping("/v1/rules/versions")
  ItemList<RuleSetSummary> history(
      @RequestParam @Nullable Integer limit, @RequestParam @Nullable String after) {
    PageRequest page = PageRequest.of(limit, after);
    List<RuleSetSummary> found = rules.history(before(page), page.limit() + 1);
    boolean more = found.size() > page.limit();
    List<RuleSetSummary> items = more ? found.subList(0, page.limit()) : found;
    return new ItemList<>(items, more ? Long.toString(items.getLast().version()) : null);
  }

  private static long before(PageRequest page) {
    try {
      return page.after().isEmpty() ? Long.MAX_VALUE : Long.parseLong(page.after());
    } catch (NumberFormatException e) {
      throw RefusedRequestException.badRequest("after: expected the value of \"next\"");
    }
  }

  @GetMapping("/v1/rules/versions/{version}")
  RuleEndpoint.Rules show(@PathVariable("version") long version) {
    return RuleEndpoint.Rules.of(require(version));
  }

  /** Makes the rules of an earlier version the newest one; history is never rewritten. */
  @PostMapping(path = "/v1/rules/rollback", consumes = MediaType.APPLICATION_JSON_VALUE)
  RuleEndpoint.Version rollBack(
      @AuthenticationPrincipal AuthenticatedHuman admin, @RequestBody Rollback rollback) {
    return rollBack(admin, rollback, deletions.version());
  }

  /**
   * @param over the version that the checks are of, and no other is replaced
   */
  private RuleEndpoint.Version rollBack(AuthenticatedHuman admin, Rollback rollback, long over) {
    if (rollback.version() == null) {
      throw RefusedRequestException.badRequest("version: missing");
    }
    String reason = Reason.require(rollback.reason());
    RuleSetVersion earlier = require(rollback.version());
    limit.require(earlier.rules(), rollback.allowWithdrawals());
    deletions.require(admin, operation(), earlier.rules(), rollback, reason);
    return acts.perform(
        admin,
        "rules.rollback",
        "version " + earlier.version(),
        reason,
        () -> {
          try {
            return new RuleEndpoint.Version(
                rules
                    .applyOver(over, earlier.rules(), admin.auditName(), reason)
                    .orElseThrow(() -> RuleEndpoint.replacedMeanwhile(rules))
                    .version());
          } catch (InvalidRulesException e) {
            // Today's limits may be narrower than those of its time.
            throw RuleEndpoint.invalid(e);
          }
        });
  }

  @Override
  public String operation() {
    return "rules/rollback";
  }

  @Override
  public void authorize(AuthenticatedHuman human, String request) {
    WithinReach.requirePermission(human, Permission.RULES_CHANGE);
  }

  @Override
  public Object perform(AuthenticatedHuman requester, String request) {
    RuleDeletions.Kept kept = FourEyes.read(request, RuleDeletions.Kept.class);
    deletions.requireUnchanged(kept);
    return rollBack(requester, FourEyes.read(kept.request(), Rollback.class), kept.inForce());
  }

  private RuleSetVersion require(long version) {
    return rules
        .find(version)
        .orElseThrow(() ->
            RefusedRequestException.of(
                HttpStatus.NOT_FOUND,
                "There is no version " + version + " of the rules.",
                "altsctl rule history"));
  }

  @PostMapping(path = "/v1/rules/preview", consumes = MediaType.APPLICATION_JSON_VALUE)
  Preview preview(@RequestBody Proposal proposal) {
    int limit = PageRequest.of(proposal.limit(), null).limit();
    List<RuleDraft> drafts = RuleText.drafts(proposal.rules());
    try {
      return preview
          .preview(rules.propose(drafts), limit)
          .map(report -> Preview.of(report, before(), drafts))
          .orElseThrow(() ->
              RefusedRequestException.of(
                  HttpStatus.CONFLICT,
                  "Another preview is being made; one at a time, because it reads everything.",
                  "Try again in a minute."));
    } catch (InvalidRulesException e) {
      throw RuleEndpoint.invalid(e);
    }
  }

  private List<RuleDraft> before() {
    return rules.current().map(RuleSetVersion::rules).orElse(List.of());
  }

  record Rollback(
      @Nullable Long version, @Nullable String reason, @Nullable Long allowWithdrawals) {}

  record Proposal(@Nullable List<@Nullable RuleText> rules, @Nullable Integer limit) {}

  record Line(
      String effect, String machine, String spiffeId, String rule, String why, int certificates) {
    static Line of(RulePreview.Line line) {
      return new Line(
          text(line.effect()),
          line.machine(),
          line.spiffeId(),
          line.rule(),
          line.why(),
          line.certificates());
    }
  }

  /**
   * What would happen.
   *
   * @param identities how many pairs of machine and identity each effect has, all of them
   * @param items some of them by name
   */
  @JsonInclude(JsonInclude.Include.ALWAYS)
  record Preview(
      long inForce,
      long certificates,
      Map<String, Long> identities,
      List<String> rulesAdded,
      List<String> rulesRemoved,
      List<String> rulesChanged,
      List<String> newFacts,
      List<Line> items) {
    static Preview of(RulePreview.Report report, List<RuleDraft> before, List<RuleDraft> after) {
      Map<String, Long> identities = new TreeMap<>();
      report.identities().forEach((effect, count) -> identities.put(text(effect), count));
      RuleChanges changes = RuleChanges.between(before, after);
      return new Preview(
          report.inForce(),
          report.certificates(),
          identities,
          changes.added(),
          changes.removed(),
          changes.changed(),
          report.newFacts(),
          report.lines().stream().map(Line::of).toList());
    }
  }

  private static String text(RulePreview.Effect effect) {
    return effect.name().toLowerCase(Locale.ROOT);
  }
}
