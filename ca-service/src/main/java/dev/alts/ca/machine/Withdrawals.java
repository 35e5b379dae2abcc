package dev.alts.ca.machine;

import dev.alts.ca.attestation.Machine;
import dev.alts.ca.attestation.MachineName;
import dev.alts.ca.attestation.MachineRegistry;
import dev.alts.ca.grants.Grants;
import dev.alts.ca.grants.LiveGrant;
import dev.alts.ca.policy.IdentityRules;
import dev.alts.ca.policy.InvalidRulesException;
import dev.alts.ca.policy.RuleDraft;
import dev.alts.ca.policy.RuleSet;
import dev.alts.ca.policy.RuleSetVersion;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * Keeps a mistyped rule from taking the names of a whole fleet: a version of the rules that would
 * withdraw more than a number of identities on machines must be allowed to.
 *
 * <p>It asks the judge of {@link GrantReview}. A grant of a rule that stays as it is stays too, so
 * only grants of other rules are looked at, and no more of them than it takes to say no.
 */
@Component
public class Withdrawals {
  private static final int BATCH = 1000;
  private static final int NAMED = 3;

  private final IdentityRules rules;
  private final GrantJudge judge;
  private final MachineRegistry machines;
  private final Grants grants;
  private final long usuallyAllowed;

  Withdrawals(
      IdentityRules rules,
      GrantJudge judge,
      MachineRegistry machines,
      Grants grants,
      @Value("${alts.ca.rules.allowed-withdrawals:100}") long usuallyAllowed) {
    this.rules = rules;
    this.judge = judge;
    this.machines = machines;
    this.grants = grants;
    this.usuallyAllowed = usuallyAllowed;
  }

  /** More than is allowed; some of it by name. */
  public record TooMany(long allowed, List<String> some) {
    public TooMany {
      some = List.copyOf(some);
    }
  }

  /** {@return how many identities on machines a change may withdraw if nothing else is said} */
  public long usuallyAllowed() {
    return usuallyAllowed;
  }

  /**
   * {@return what stands against putting {@code drafts} in force, if anything}
   *
   * @throws InvalidRulesException if one is not right
   */
  public Optional<TooMany> check(List<RuleDraft> drafts, long allowed)
      throws InvalidRulesException {
    RuleSet proposed = rules.propose(drafts);
    Set<String> unchanged = unchanged(drafts);
    Set<String> withdrawn = new LinkedHashSet<>();
    List<String> some = new ArrayList<>();
    Optional<MachineName> name = Optional.empty();
    Optional<Machine> machine = Optional.empty();
    List<LiveGrant> part = grants.ofOtherRules(unchanged, Optional.empty(), BATCH);
    while (!part.isEmpty()) {
      for (LiveGrant grant : part) {
        if (!name.equals(Optional.of(grant.machine()))) {
          // In order of machines, so what is remembered of one is never needed again.
          name = Optional.of(grant.machine());
          machine = machines.find(grant.machine());
        }
        if (machine.filter(known -> !known.banned()).isPresent()
            && judge.judge(proposed, grant, machine) instanceof GrantVerdict.Falls
            && withdrawn.add(grant.machine() + " " + grant.spiffeId())
            && some.size() < NAMED) {
          some.add("%s on %s".formatted(grant.spiffeId(), grant.machine()));
        }
        if (withdrawn.size() > allowed) {
          return Optional.of(new TooMany(allowed, some));
        }
      }
      part = grants.ofOtherRules(unchanged, Optional.of(part.getLast()), BATCH);
    }
    return Optional.empty();
  }

  private Set<String> unchanged(List<RuleDraft> drafts) {
    Set<RuleDraft> before =
        Set.copyOf(rules.current().map(RuleSetVersion::rules).orElse(List.of()));
    return drafts.stream()
        .filter(before::contains)
        .map(RuleDraft::name)
        .collect(Collectors.toSet());
  }
}
