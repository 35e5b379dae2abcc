package dev.alts.ca.admin;

import dev.alts.ca.admin.web.AuthenticatedHuman;
import dev.alts.ca.admin.web.RefusedRequestException;
import dev.alts.ca.approvals.ActKind;
import dev.alts.ca.policy.IdentityRules;
import dev.alts.ca.policy.RuleDraft;
import dev.alts.ca.policy.RuleSetVersion;
import java.util.List;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** A version of the rules that lacks one which is in force may take a second admin. */
@Component
class RuleDeletions {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final IdentityRules rules;
  private final FourEyes fourEyes;

  RuleDeletions(IdentityRules rules, FourEyes fourEyes) {
    this.rules = rules;
    this.fourEyes = fourEyes;
  }

  /**
   * A change that waits.
   *
   * @param inForce the version that it was to replace, and no other
   */
  record Kept(long inForce, String request) {}

  void require(
      AuthenticatedHuman admin,
      String operation,
      List<RuleDraft> next,
      Object request,
      String reason) {
    List<RuleDraft> before = rules.current().map(RuleSetVersion::rules).orElse(List.of());
    List<String> deleted = RuleChanges.between(before, next).removed();
    if (!deleted.isEmpty()) {
      fourEyes.require(
          admin,
          new FourEyes.Act(
              ActKind.RULE_DELETE,
              operation,
              new Kept(version(), JSON.writeValueAsString(request)),
              "rules without " + String.join(", ", deleted),
              reason));
    }
  }

  /** Who approved has seen what would be deleted of that version. */
  void requireUnchanged(Kept kept) {
    if (kept.inForce() != version()) {
      throw RefusedRequestException.of(
          HttpStatus.CONFLICT,
          "The rules are at version %d by now; this was to replace version %d."
              .formatted(version(), kept.inForce()),
          "Ask anew for what is still wanted.");
    }
  }

  /** {@return the version in force; 0: none} */
  long version() {
    return rules.current().map(RuleSetVersion::version).orElse(0L);
  }
}
