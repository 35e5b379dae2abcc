package dev.alts.ca.machine;

import dev.alts.ca.attestation.Machine;
import dev.alts.ca.attestation.MachineName;
import dev.alts.ca.attestation.MachineRegistry;
import dev.alts.ca.grants.GrantChange;
import dev.alts.ca.grants.Grants;
import dev.alts.ca.grants.LiveGrant;
import dev.alts.ca.policy.IdentityRules;
import dev.alts.ca.policy.RuleSet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Judges what is out there again when the rules have changed, so that agents hear of what changed
 * for them and of nothing else. Several replicas may do it at once: each grant is told about once.
 *
 * <p>It goes from machine to machine in parts. A part is judged, marked and told about in one
 * transaction, so what falls is withdrawn while later machines have yet to be looked at. One thread
 * does it, and it steps back while calls wait.
 */
@Component
class GrantReview {
  private static final Logger log = LoggerFactory.getLogger(GrantReview.class);
  private static final int BATCH = 1_000;

  /** A replica that has yet to see a version issues by the one before for no longer than this. */
  private static final Duration LATECOMERS = Duration.ofMinutes(2);

  private final IdentityRules rules;
  private final GrantJudge judge;
  private final MachineRegistry machines;
  private final Grants grants;
  private final TransactionTemplate transactions;
  private final Admission admission;
  private final ReentrantLock oneAtATime = new ReentrantLock();
  private long version = -1;
  private long versionSince;
  private boolean settled;

  GrantReview(
      IdentityRules rules,
      GrantJudge judge,
      MachineRegistry machines,
      Grants grants,
      TransactionTemplate transactions,
      Admission admission) {
    this.rules = rules;
    this.judge = judge;
    this.machines = machines;
    this.grants = grants;
    this.transactions = transactions;
    this.admission = admission;
    // A thread of the kernel's: evaluation never waits, and would keep a carrier from calls.
    rules.onChange(changed -> Thread.ofPlatform().daemon().name("grant-review").start(this::run));
  }

  /** Judges every grant that the rules in force have not judged yet. */
  void run() {
    oneAtATime.lock();
    try {
      RuleSet inForce = rules.inForce();
      long now = System.nanoTime();
      if (version != inForce.version()) {
        version = inForce.version();
        versionSince = now;
        settled = false;
      }
      if (settled) {
        return;
      }
      reviewAll();
      settled = now - versionSince > LATECOMERS.toNanos();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      oneAtATime.unlock();
    }
  }

  private void reviewAll() throws InterruptedException {
    long began = System.nanoTime();
    Tally tally = new Tally(0, 0);
    List<LiveGrant> batch = grants.judgedBefore(version, Optional.empty(), BATCH);
    while (!batch.isEmpty()) {
      long batchBegan = System.nanoTime();
      // What is in force by now: a version that came meanwhile need not wait for its turn.
      tally = tally.plus(review(batch, rules.inForce()));
      admission.yieldAfter(Duration.ofNanos(System.nanoTime() - batchBegan));
      batch = grants.judgedBefore(version, Optional.of(batch.getLast()), BATCH);
    }
    if (tally.judged() > 0) {
      log.info(
          "grants judged: version={} grants={} changed={} millis={}",
          version,
          tally.judged(),
          tally.changed(),
          (System.nanoTime() - began) / 1_000_000);
    }
  }

  private record Tally(int judged, int changed) {
    Tally plus(Tally more) {
      return new Tally(judged + more.judged, changed + more.changed);
    }
  }

  private Tally review(List<LiveGrant> batch, RuleSet inForce) {
    Map<MachineName, Machine> known =
        machines.findAll(batch.stream().map(LiveGrant::machine).collect(Collectors.toSet()));
    Map<LiveGrant, GrantChange> changes = new HashMap<>();
    for (LiveGrant grant : batch) {
      action(judge.judge(inForce, grant, Optional.ofNullable(known.get(grant.machine()))))
          .ifPresent(action -> changes.put(grant, change(action, grant, inForce.version())));
    }
    return transactions.execute(status -> {
      // Another replica may have judged some meanwhile; it has told of them.
      Set<Long> ours = grants.markJudged(batch, inForce.version());
      Map<MachineName, List<GrantChange>> byMachine = new HashMap<>();
      changes.forEach((grant, change) -> {
        if (ours.contains(grant.revocationId().value())) {
          byMachine.computeIfAbsent(grant.machine(), machine -> new ArrayList<>()).add(change);
        }
      });
      grants.push(byMachine);
      return new Tally(ours.size(), changes.size());
    });
  }

  private static GrantChange change(GrantChange.Action action, LiveGrant grant, long version) {
    return new GrantChange(
        action, grant.spiffeId(), grant.revocationId(), "rules changed, now version " + version);
  }

  private static Optional<GrantChange.Action> action(GrantVerdict verdict) {
    return switch (verdict) {
      case GrantVerdict.Stays _ -> Optional.empty();
      case GrantVerdict.Changes _ -> Optional.of(GrantChange.Action.ASK_AGAIN);
      case GrantVerdict.Falls _ -> Optional.of(GrantChange.Action.WITHDRAW);
    };
  }
}
