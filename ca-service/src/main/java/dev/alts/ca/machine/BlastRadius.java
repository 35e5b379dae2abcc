package dev.alts.ca.machine;

import dev.alts.ca.attestation.Machine;
import dev.alts.ca.attestation.MachineName;
import dev.alts.ca.attestation.MachineRegistry;
import dev.alts.ca.configuration.CaSettings;
import dev.alts.ca.policy.FactBindings;
import dev.alts.ca.policy.IdentityRules;
import dev.alts.ca.policy.RuleReach;
import dev.alts.ca.policy.RuleSet;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Component;

/**
 * What a machine could obtain if its agent lied: the CA's own facts about it stay as they are,
 * everything that the agent states is free. An upper bound, never too short.
 */
@Component
public class BlastRadius {
  private final CaSettings settings;
  private final IdentityRules rules;
  private final MachineRegistry machines;

  BlastRadius(CaSettings settings, IdentityRules rules, MachineRegistry machines) {
    this.settings = settings;
    this.rules = rules;
    this.machines = machines;
  }

  /**
   * What each rule in force can give a machine.
   *
   * @param banned whether it is, so that it obtains nothing at all now
   * @param mostIdentities how many it may hold at a time, whatever the rules give
   */
  public record Report(
      String machine, boolean banned, long ruleVersion, int mostIdentities, List<RuleReach> rules) {
    public Report {
      rules = List.copyOf(rules);
    }
  }

  /** {@return what the machine could obtain, or empty if there is no such machine} */
  public Optional<Report> of(MachineName name) {
    return machines.find(name).map(this::report);
  }

  private Report report(Machine machine) {
    RuleSet inForce = rules.inForce();
    return new Report(
        machine.name().text(),
        machine.banned(),
        inForce.version(),
        IssueDecisions.MAX_IDENTITIES,
        inForce.reach(
            machine.name().spiffeId(settings.trustDomain()),
            FactBindings.of(WireFacts.ofMachine(GrantJudge.authenticated(machine)))));
  }
}
