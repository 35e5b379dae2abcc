package dev.alts.ca.admin;

import dev.alts.ca.admin.web.RefusedRequestException;
import dev.alts.ca.machine.Withdrawals;
import dev.alts.ca.policy.InvalidRulesException;
import dev.alts.ca.policy.RuleDraft;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;

/** Refuses rules that would take more names away than the admin said they may. */
@Component
class WithdrawalLimit {
  private final Withdrawals withdrawals;

  WithdrawalLimit(Withdrawals withdrawals) {
    this.withdrawals = withdrawals;
  }

  /**
   * Passes, or refuses saying whom it would hit.
   *
   * @param allowed what the admin allows; null: what is usual
   */
  void require(List<RuleDraft> drafts, @Nullable Long allowed) {
    if (allowed != null && allowed < 0) {
      throw RefusedRequestException.badRequest("allowWithdrawals: expected 0 or more");
    }
    try {
      Optional<Withdrawals.TooMany> tooMany =
          withdrawals.check(drafts, allowed == null ? withdrawals.usuallyAllowed() : allowed);
      if (tooMany.isPresent()) {
        throw refused(tooMany.get());
      }
    } catch (InvalidRulesException e) {
      throw RuleEndpoint.invalid(e);
    }
  }

  private static RefusedRequestException refused(Withdrawals.TooMany tooMany) {
    return RefusedRequestException.of(
        HttpStatus.CONFLICT,
        "These rules would withdraw more than %d identities on machines, among them %s. Nothing was changed."
            .formatted(tooMany.allowed(), String.join(", ", tooMany.some())),
        "See all of them: altsctl rule apply --dry-run; if that is meant: --allow-withdrawals N.");
  }
}
