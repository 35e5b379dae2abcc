package dev.alts.ca.machine;

import dev.alts.ca.attestation.Machine;
import dev.alts.ca.attestation.MachineAuthentication.Authenticated;
import dev.alts.ca.attestation.MachineName;
import dev.alts.ca.attestation.MachinePast;
import dev.alts.ca.attestation.MachineRegistry;
import dev.alts.ca.configuration.CaSettings;
import dev.alts.ca.issuance.RecordedCertificate;
import dev.alts.ca.policy.FactBindings;
import dev.alts.ca.policy.IdentityRules;
import dev.alts.ca.policy.PolicyDecision;
import dev.alts.ca.policy.RuleSet;
import dev.alts.ca.policy.RuleSetVersion;
import dev.alts.identity.SpiffeId;
import dev.alts.identity.fact.FactSet;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.springframework.stereotype.Component;

/**
 * Why a process gets an identity or none, as of any time: the rules that were in force, what was
 * known of the machine, who was banned and what was revoked then. Decides nothing and issues
 * nothing; what it does not know about the past it says.
 */
@Component
public class Explanations {
  private static final int EXPLAINED_IDENTITIES = 20;

  private final CaSettings settings;
  private final IdentityRules rules;
  private final Machines machines;
  private final Statements statements;
  private final StateThen then;

  Explanations(
      CaSettings settings,
      IdentityRules rules,
      Machines machines,
      Statements statements,
      StateThen then) {
    this.settings = settings;
    this.rules = rules;
    this.machines = machines;
    this.statements = statements;
    this.then = then;
  }

  /** What is known of machines, now and once. */
  @Component
  record Machines(MachineRegistry registry, MachinePast past) {}

  /** What can be said. */
  public sealed interface Outcome {
    /**
     * @param version the rules by which it was decided; version 0: there were none yet
     * @param stated since when the agent's facts are known
     * @param attested since when the machine's facts are known
     * @param circumstances what was so beside the rules
     * @param caveats what may have been otherwise at that time
     */
    record Explained(
        Instant at,
        RuleSetVersion version,
        FactSet facts,
        Instant stated,
        Instant attested,
        PolicyDecision decision,
        List<Circumstance> circumstances,
        List<String> caveats)
        implements Outcome {
      public Explained {
        circumstances = List.copyOf(circumstances);
        caveats = List.copyOf(caveats);
      }
    }

    /** The facts that the decision was made from are not known any more, or there were none. */
    record Forgotten(Instant at, String why, List<Circumstance> circumstances) implements Outcome {
      public Forgotten {
        circumstances = List.copyOf(circumstances);
      }
    }
  }

  /**
   * {@return what the rules of {@code at} say about a process of {@code machine}}
   *
   * @param facts as the agent would state them
   */
  public Outcome request(MachineName machine, FactSet facts, Instant at) {
    return explain(
        machine, new Statement(facts, Set.of(), "", at, List.of()), at, versionAt(at), List.of());
  }

  /**
   * {@return the same about the process of which its agent last said these facts, with all that it
   * said; empty: it said nothing like it that is still known}
   */
  public Optional<Outcome> lastRequest(MachineName machine, FactSet facts, Instant at) {
    return statements
        .latest(machine, facts, at)
        .map(statement -> explain(machine, statement, at, versionAt(at), List.of()));
  }

  /** {@return the certificate of an identity that was the newest live one at that time} */
  public Optional<RecordedCertificate> newest(SpiffeId id, String machine, Instant at) {
    return then.newest(id, machine, at);
  }

  /**
   * {@return why the certificate was given, by the version of the rules that gave it, and what it
   * is worth at the time {@code now}}
   */
  public Outcome certificate(RecordedCertificate certificate, long version, Instant now) {
    Instant issued = certificate.issuedAt();
    return certificate(
        certificate,
        issued,
        rules.find(version).orElseGet(() -> none(issued)),
        then.ofCertificate(certificate, now));
  }

  /** {@return whether it would be given at that time, and what it was worth then} */
  public Outcome certificate(RecordedCertificate certificate, Instant at) {
    return certificate(certificate, at, versionAt(at), then.ofCertificate(certificate, at));
  }

  private Outcome certificate(
      RecordedCertificate certificate,
      Instant at,
      RuleSetVersion version,
      List<Circumstance> worth) {
    Optional<Statement> statement = statements.of(certificate);
    if (statement.isEmpty()) {
      return new Outcome.Forgotten(
          at,
          "issued by %s: it belongs to no process, or what the agent said of it is not kept any more"
              .formatted(certificate.authorizedBy()),
          worth);
    }
    return explain(new MachineName(certificate.machine()), statement.get(), at, version, worth);
  }

  /** {@return why it was refused, by the version of the rules that refused it} */
  public Outcome refusal(Refusals.Kept refusal) {
    Instant at = refusal.refusedAt();
    return explain(
        refusal.machine(),
        Statements.of(refusal),
        at,
        rules.find(refusal.ruleVersion()).orElseGet(() -> none(at)),
        List.of());
  }

  /** {@return why it would be refused at that time, or would not be} */
  public Outcome refusal(Refusals.Kept refusal, Instant at) {
    return explain(refusal.machine(), Statements.of(refusal), at, versionAt(at), List.of());
  }

  private RuleSetVersion versionAt(Instant at) {
    return rules.inForceAt(at).orElseGet(() -> none(at));
  }

  private static RuleSetVersion none(Instant at) {
    return new RuleSetVersion(0, List.of(), "", "", at);
  }

  private Outcome explain(
      MachineName name,
      Statement statement,
      Instant at,
      RuleSetVersion version,
      List<Circumstance> given) {
    List<Circumstance> circumstances = new ArrayList<>(given);
    Optional<Authenticated> known = machineAt(name, at);
    if (known.isEmpty()) {
      return new Outcome.Forgotten(at, "no machine " + name + " ever attested", circumstances);
    }
    Authenticated machine = known.get();
    if (machine.attestedAt().isAfter(at)) {
      circumstances.add(
          new Circumstance(
              "machine",
              true,
              "machine %s has not attested yet, as far as is known; its facts are later ones"
                  .formatted(name),
              machine.attestedAt()));
    }
    circumstances.addAll(then.ofMachine(name, at));
    FactSet facts = statement.facts().with(WireFacts.ofMachine(machine));
    PolicyDecision decision =
        rules
            .compiled(version)
            .decide(
                new RuleSet.Question(
                    name.spiffeId(settings.trustDomain()),
                    FactBindings.of(facts),
                    statement.unavailable()));
    circumstances.addAll(ofDecision(decision, statement.asked(), at));
    return new Outcome.Explained(
        at,
        version,
        facts,
        statement.since(),
        machine.attestedAt(),
        decision,
        circumstances,
        statement.doubts());
  }

  /** What the machine was then; if it attested later only, what it was first known to be since. */
  private Optional<Authenticated> machineAt(MachineName name, Instant at) {
    Optional<Machine> now = machines.registry().find(name);
    if (now.filter(machine -> !machine.attestedAt().isAfter(at)).isPresent()) {
      return now.map(GrantJudge::authenticated);
    }
    return machines
        .past()
        .at(name, at)
        .map(past ->
            new Authenticated(
                past.name(),
                past.properties(),
                past.attestor(),
                past.lineage(),
                0,
                past.attestedAt()))
        .or(() -> now.map(GrantJudge::authenticated));
  }

  private List<Circumstance> ofDecision(PolicyDecision decision, String asked, Instant at) {
    if (!(decision instanceof PolicyDecision.Granted granted)) {
      return List.of();
    }
    List<Circumstance> found = new ArrayList<>();
    List<SpiffeId> ids = granted.identities().stream().map(given -> given.spiffeId()).toList();
    if (!asked.isEmpty() && ids.stream().noneMatch(id -> id.toString().equals(asked))) {
      found.add(
          new Circumstance(
              "asked", true, "asked for %s, which the facts do not give".formatted(asked), null));
    }
    ids.stream()
        .filter(id -> asked.isEmpty() || id.toString().equals(asked))
        .limit(asked.isEmpty() ? 1 : EXPLAINED_IDENTITIES)
        .forEach(id -> found.addAll(then.ofIdentity(id, at)));
    return found;
  }
}
