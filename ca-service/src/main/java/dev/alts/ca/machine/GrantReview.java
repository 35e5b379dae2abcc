package dev.alts.ca.machine;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.alts.api.machine.v1.IssueItem;
import dev.alts.ca.attestation.Machine;
import dev.alts.ca.attestation.MachineAuthentication.Authenticated;
import dev.alts.ca.attestation.MachineRegistry;
import dev.alts.ca.grants.GrantChange;
import dev.alts.ca.grants.Grants;
import dev.alts.ca.grants.LiveGrant;
import dev.alts.ca.policy.GrantedIdentity;
import dev.alts.ca.policy.IdentityRules;
import dev.alts.ca.policy.PolicyDecision;
import java.time.Duration;
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
  private final IssueDecisions decisions;
  private final MachineRegistry machines;
  private final Grants grants;
  private final TransactionTemplate transactions;
  private final ReentrantLock oneAtATime = new ReentrantLock();

  GrantReview(
      IdentityRules rules,
      IssueDecisions decisions,
      MachineRegistry machines,
      Grants grants,
      TransactionTemplate transactions) {
    this.rules = rules;
    this.decisions = decisions;
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
        batch.forEach(grant -> judge(grant, version));
        batch = grants.judgedBefore(version, BATCH);
      }
    } finally {
      oneAtATime.unlock();
    }
  }

  private void judge(LiveGrant grant, long version) {
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
    Optional<Machine> machine = machines.find(grant.machine());
    if (machine.isEmpty() || machine.get().banned()) {
      return Optional.of(GrantChange.Action.WITHDRAW);
    }
    IssueItem question = question(grant);
    return switch (decisions.judge(authenticated(machine.get()), question)) {
      case PolicyDecision.Refused _ -> Optional.of(GrantChange.Action.WITHDRAW);
      case PolicyDecision.Granted granted -> {
        Optional<GrantedIdentity> still =
            granted.identities().stream()
                .filter(identity -> identity.spiffeId().equals(grant.spiffeId()))
                .findFirst();
        if (still.isEmpty()) {
          yield Optional.of(GrantChange.Action.WITHDRAW);
        }
        boolean noLongerDefault =
            question.getSpiffeId().isEmpty()
                && !granted.identities().getFirst().equals(still.get());
        yield noLongerDefault || areOtherTerms(grant, still.get(), machine.get())
            ? Optional.of(GrantChange.Action.ASK_AGAIN)
            : Optional.empty();
      }
    };
  }

  private static boolean areOtherTerms(LiveGrant grant, GrantedIdentity identity, Machine machine) {
    String boundary = identity.clearBoundary() ? "" : machine.properties().boundary();
    Duration life = Duration.between(grant.issuedAt(), grant.notAfter());
    return !identity.rule().equals(grant.rule())
        || !boundary.equals(grant.boundary())
        || life.compareTo(identity.ttl()) > 0;
  }

  private static Authenticated authenticated(Machine machine) {
    return new Authenticated(
        machine.name(),
        machine.properties(),
        machine.attestor(),
        machine.lineage(),
        0,
        machine.attestedAt());
  }

  private static IssueItem question(LiveGrant grant) {
    try {
      return IssueItem.parseFrom(grant.question().toByteArray());
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("stored question of a grant is damaged", e);
    }
  }
}
