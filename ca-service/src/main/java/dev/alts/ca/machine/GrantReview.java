package dev.alts.ca.machine;

import dev.alts.ca.attestation.MachineRegistry;
import dev.alts.ca.grants.GrantChange;
import dev.alts.ca.grants.Grants;
import dev.alts.ca.grants.LiveGrant;
import dev.alts.ca.policy.IdentityRules;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Judges what is out there again when the rules have changed, so that agents hear of what changed
 * for them and of nothing else. Several replicas may do it at once: each grant is told about once.
 */
@Component
class GrantReview {
  private static final int BATCH = 200;

  private final IdentityRules rules;
  private final GrantJudge judge;
  private final MachineRegistry machines;
  private final Grants grants;
  private final TransactionTemplate transactions;
  private final ReentrantLock oneAtATime = new ReentrantLock();

  GrantReview(
      IdentityRules rules,
      GrantJudge judge,
      MachineRegistry machines,
      Grants grants,
      TransactionTemplate transactions) {
    this.rules = rules;
    this.judge = judge;
    this.machines = machines;
    this.grants = grants;
    this.transactions = transactions;
    rules.onChange(changed -> Thread.ofVirtual().name("grant-review").start(this::run));
  }

  /** Judges every grant that the rules in force have not judged yet. */
  void run() {
    oneAtATime.lock();
    try {
      long version = rules.inForce().version();
      List<LiveGrant> batch = grants.judgedBefore(version, BATCH);
      while (!batch.isEmpty()) {
        batch.forEach(grant -> review(grant, version));
        batch = grants.judgedBefore(version, BATCH);
      }
    } finally {
      oneAtATime.unlock();
    }
  }

  private void review(LiveGrant grant, long version) {
    Optional<GrantChange.Action> action = change(grant);
    transactions.executeWithoutResult(status -> {
      if (grants.markJudged(grant.revocationId(), version) && action.isPresent()) {
        grants.push(
            grant.machine(),
            List.of(
                new GrantChange(
                    action.get(),
                    grant.spiffeId(),
                    grant.revocationId(),
                    "rules changed, now version " + version)));
      }
    });
  }

  private Optional<GrantChange.Action> change(LiveGrant grant) {
    return switch (judge.judge(rules.inForce(), grant, machines.find(grant.machine()))) {
      case GrantVerdict.Stays _ -> Optional.empty();
      case GrantVerdict.Changes _ -> Optional.of(GrantChange.Action.ASK_AGAIN);
      case GrantVerdict.Falls _ -> Optional.of(GrantChange.Action.WITHDRAW);
    };
  }
}
