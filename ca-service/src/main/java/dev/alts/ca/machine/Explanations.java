package dev.alts.ca.machine;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.alts.api.machine.v1.IssueItem;
import dev.alts.ca.attestation.Machine;
import dev.alts.ca.attestation.MachineName;
import dev.alts.ca.attestation.MachineRegistry;
import dev.alts.ca.configuration.CaSettings;
import dev.alts.ca.grants.Grants;
import dev.alts.ca.grants.LiveGrant;
import dev.alts.ca.policy.FactBindings;
import dev.alts.ca.policy.IdentityRules;
import dev.alts.ca.policy.PolicyDecision;
import dev.alts.ca.policy.RuleSet;
import dev.alts.ca.policy.RuleSetVersion;
import dev.alts.identity.Bytes;
import dev.alts.identity.RevocationId;
import dev.alts.identity.fact.FactSet;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.springframework.stereotype.Component;

/**
 * Why a process gets an identity or none, by the rules of any time. Decides nothing and issues
 * nothing; what it does not know about the past it says.
 */
@Component
public class Explanations {
  private final CaSettings settings;
  private final IdentityRules rules;
  private final MachineRegistry machines;
  private final Grants grants;

  Explanations(CaSettings settings, IdentityRules rules, MachineRegistry machines, Grants grants) {
    this.settings = settings;
    this.rules = rules;
    this.machines = machines;
    this.grants = grants;
  }

  /** What can be said. */
  public sealed interface Outcome {
    /**
     * @param version the rules by which it was decided; version 0: there were none yet
     * @param stated since when the agent's facts are known
     * @param attested since when the machine's facts are known
     * @param caveats what may have been otherwise at that time
     */
    record Explained(
        Instant at,
        RuleSetVersion version,
        FactSet facts,
        Instant stated,
        Instant attested,
        PolicyDecision decision,
        List<String> caveats)
        implements Outcome {
      public Explained {
        caveats = List.copyOf(caveats);
      }
    }

    /** Nothing is known any more of what the decision was made from. */
    record Forgotten(String why) implements Outcome {}
  }

  /** What an agent said about a process, when, and which of its attestors could say nothing. */
  private record Statement(FactSet facts, Set<String> unavailable, Instant since) {}

  /**
   * {@return what the rules of {@code at} say about a process of {@code machine}}
   *
   * @param facts as the agent would state them
   */
  public Outcome request(MachineName machine, FactSet facts, Instant at) {
    return explain(machine, new Statement(facts, Set.of(), at), at, versionAt(at));
  }

  /** {@return why the certificate was given, by the version of the rules that gave it} */
  public Outcome certificate(RevocationId certificate, Instant issued, long version) {
    return certificate(certificate, issued, rules.find(version).orElseGet(() -> none(issued)));
  }

  /** {@return whether it would be given by the rules of {@code at}, and why} */
  public Outcome certificate(RevocationId certificate, Instant at) {
    return certificate(certificate, at, versionAt(at));
  }

  private Outcome certificate(RevocationId certificate, Instant at, RuleSetVersion version) {
    Optional<LiveGrant> found = grants.find(certificate);
    if (found.isEmpty()) {
      return new Outcome.Forgotten(
          "what the agent said is kept while a process's certificate is valid, and this one is not,"
              + " or it belongs to no process");
    }
    LiveGrant grant = found.get();
    return explain(grant.machine(), statement(grant.question(), grant.issuedAt()), at, version);
  }

  /** {@return why it was refused, by the version of the rules that refused it} */
  public Outcome refusal(Refusals.Kept refusal) {
    Optional<RuleSetVersion> version = rules.find(refusal.ruleVersion());
    return explain(
        refusal.machine(),
        statement(refusal.question(), refusal.refusedAt()),
        refusal.refusedAt(),
        version.orElseGet(() -> none(refusal.refusedAt())));
  }

  /** {@return why it was refused, or would not be, by the rules of {@code at}} */
  public Outcome refusal(Refusals.Kept refusal, Instant at) {
    return explain(
        refusal.machine(), statement(refusal.question(), refusal.refusedAt()), at, versionAt(at));
  }

  private RuleSetVersion versionAt(Instant at) {
    return rules.inForceAt(at).orElseGet(() -> none(at));
  }

  private static RuleSetVersion none(Instant at) {
    return new RuleSetVersion(0, List.of(), "", "", at);
  }

  private static Statement statement(Bytes question, Instant since) {
    try {
      IssueItem item = IssueItem.parseFrom(question.toByteArray());
      return new Statement(
          WireFacts.ofAgent(item.getFactsList()),
          WireFacts.unavailable(item.getUnavailableList()),
          since);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("stored question is damaged", e);
    }
  }

  private Outcome explain(
      MachineName name, Statement statement, Instant at, RuleSetVersion version) {
    Optional<Machine> found = machines.find(name);
    if (found.isEmpty()) {
      return new Outcome.Forgotten("no machine " + name + " ever attested");
    }
    Machine machine = found.get();
    FactSet facts = statement.facts().with(WireFacts.ofMachine(GrantJudge.authenticated(machine)));
    PolicyDecision decision =
        rules
            .compiled(version)
            .decide(
                new RuleSet.Question(
                    name.spiffeId(settings.trustDomain()),
                    FactBindings.of(facts),
                    statement.unavailable()));
    return new Outcome.Explained(
        at,
        version,
        facts,
        statement.since(),
        machine.attestedAt(),
        decision,
        caveats(machine, at));
  }

  private static List<String> caveats(Machine machine, Instant at) {
    List<String> caveats = new ArrayList<>();
    if (machine.attestedAt().isAfter(at)) {
      caveats.add(
          "the machine attested at %s, after the time asked about: its facts are those of now, what"
                  .formatted(machine.attestedAt())
              + " they were then is not kept");
    }
    if (machine.banned()) {
      caveats.add("the machine is banned now: " + machine.banReason());
    }
    return caveats;
  }
}
