package dev.alts.ca.machine;

import dev.alts.ca.attestation.Machine;
import dev.alts.ca.attestation.MachineName;
import dev.alts.ca.attestation.MachineRegistry;
import dev.alts.ca.grants.Grants;
import dev.alts.ca.grants.LiveGrant;
import dev.alts.ca.policy.GrantedIdentity;
import dev.alts.ca.policy.IdentityRules;
import dev.alts.ca.policy.PolicyDecision;
import dev.alts.ca.policy.RuleSet;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * What a new version of the rules would do to everything that machines hold now. Changes nothing.
 *
 * <p>It knows what agents asked for: a process that was refused so far is not among it, and a fact
 * that no rule read so far has not been gathered yet.
 */
@Component
public class RulePreview {
  private static final int BATCH = 1000;

  private final IdentityRules rules;
  private final GrantJudge judge;
  private final MachineRegistry machines;
  private final Grants grants;
  // Half a million grants are a minute of one core: whoever asks twice waits for the first.
  private final Semaphore oneAtATime = new Semaphore(1);

  RulePreview(IdentityRules rules, GrantJudge judge, MachineRegistry machines, Grants grants) {
    this.rules = rules;
    this.judge = judge;
    this.machines = machines;
    this.grants = grants;
  }

  /** What happens to an identity on a machine. */
  public enum Effect {
    WITHDRAWN,
    CHANGED,
    ADDED,
    KEPT
  }

  /**
   * An identity on a machine.
   *
   * @param rule by which it is held now, for {@code ADDED} by which it would be
   * @param certificates how many it has that are concerned, 0 for {@code ADDED}
   */
  public record Line(
      Effect effect, String machine, String spiffeId, String rule, String why, int certificates) {}

  /**
   * What would happen.
   *
   * @param inForce the version that it was compared with
   * @param identities how many pairs of machine and identity each effect has
   * @param lines those that do not stay as they are, at most as many of each effect as asked for
   * @param newFacts what the new rules read and agents have not been told to gather
   */
  public record Report(
      long inForce,
      long certificates,
      Map<Effect, Long> identities,
      List<Line> lines,
      List<String> newFacts) {
    public Report {
      identities = Map.copyOf(identities);
      lines = List.copyOf(lines);
      newFacts = List.copyOf(newFacts);
    }
  }

  /** {@return what {@code proposed} would do, or empty if somebody else is asking already} */
  public Optional<Report> preview(RuleSet proposed, int limit) {
    if (!oneAtATime.tryAcquire()) {
      return Optional.empty();
    }
    try {
      Tally tally = new Tally(rules.inForce(), proposed, limit);
      List<LiveGrant> part = grants.after(Optional.empty(), BATCH);
      while (!part.isEmpty()) {
        part.forEach(tally::add);
        part = grants.after(Optional.of(part.getLast()), BATCH);
      }
      return Optional.of(tally.report());
    } finally {
      oneAtATime.release();
    }
  }

  /** Goes from machine to machine, so that it never holds more than what one machine has. */
  private final class Tally {
    private final RuleSet before;
    private final RuleSet after;
    private final int limit;
    private final Map<Effect, Long> identities = new LinkedHashMap<>();
    private final Map<Effect, List<Line>> lines = new LinkedHashMap<>();
    private final Map<String, Line> ofMachine = new LinkedHashMap<>();
    private @Nullable MachineName name;
    private Optional<Machine> machine = Optional.empty();
    private long certificates;

    Tally(RuleSet before, RuleSet after, int limit) {
      this.before = before;
      this.after = after;
      this.limit = limit;
      for (Effect effect : Effect.values()) {
        identities.put(effect, 0L);
        lines.put(effect, new ArrayList<>());
      }
    }

    void add(LiveGrant grant) {
      if (!grant.machine().equals(name)) {
        finishMachine();
        name = grant.machine();
        machine = machines.find(grant.machine());
      }
      certificates++;
      switch (judge.judge(after, grant, machine)) {
        case GrantVerdict.Stays _ -> held(grant, Effect.KEPT, "");
        case GrantVerdict.Changes changes -> held(grant, Effect.CHANGED, changes.why());
        case GrantVerdict.Falls falls -> held(grant, Effect.WITHDRAWN, falls.why());
      }
      machine.filter(known -> !known.banned()).ifPresent(known -> gains(grant, known));
    }

    private void held(LiveGrant grant, Effect effect, String why) {
      put(
          new Line(
              effect, grant.machine().text(), grant.spiffeId().toString(), grant.rule(), why, 1));
    }

    private void gains(LiveGrant grant, Machine known) {
      List<String> had =
          identities(judge.decide(before, grant, known)).stream()
              .map(identity -> identity.spiffeId().toString())
              .toList();
      identities(judge.decide(after, grant, known)).stream()
          .filter(identity -> !identity.ofMachine())
          .filter(identity -> !had.contains(identity.spiffeId().toString()))
          .forEach(identity ->
              put(
                  new Line(
                      Effect.ADDED,
                      grant.machine().text(),
                      identity.spiffeId().toString(),
                      identity.rule(),
                      "to the process that holds " + grant.spiffeId(),
                      0)));
    }

    private void put(Line line) {
      ofMachine.merge(
          line.effect() + " " + line.spiffeId(),
          line,
          (first, next) ->
              new Line(
                  first.effect(),
                  first.machine(),
                  first.spiffeId(),
                  first.rule(),
                  first.why(),
                  first.certificates() + next.certificates()));
    }

    private void finishMachine() {
      for (Line line : ofMachine.values()) {
        identities.merge(line.effect(), 1L, Long::sum);
        List<Line> shown = lines.getOrDefault(line.effect(), List.of());
        if (line.effect() != Effect.KEPT && shown.size() < limit) {
          shown.add(line);
        }
      }
      ofMachine.clear();
    }

    Report report() {
      finishMachine();
      List<String> known = before.agentFootprint();
      return new Report(
          before.version(),
          certificates,
          identities,
          lines.values().stream().flatMap(Collection::stream).toList(),
          after.agentFootprint().stream().filter(fact -> !known.contains(fact)).toList());
    }
  }

  private static List<GrantedIdentity> identities(PolicyDecision decision) {
    return switch (decision) {
      case PolicyDecision.Granted granted -> granted.identities();
      case PolicyDecision.Refused _ -> List.of();
    };
  }
}
