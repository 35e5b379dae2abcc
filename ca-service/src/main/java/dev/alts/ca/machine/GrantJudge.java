package dev.alts.ca.machine;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.alts.api.machine.v1.IssueItem;
import dev.alts.ca.attestation.Machine;
import dev.alts.ca.attestation.MachineAuthentication.Authenticated;
import dev.alts.ca.grants.LiveGrant;
import dev.alts.ca.policy.GrantedIdentity;
import dev.alts.ca.policy.PolicyDecision;
import dev.alts.ca.policy.RuleSet;
import java.time.Duration;
import java.util.Optional;
import org.springframework.stereotype.Component;

/**
 * Judges what is out there by any version of the rules. The review after a change and the preview
 * before it ask the same judge, so that the preview cannot say something else than what happens.
 */
@Component
class GrantJudge {
  private final IssueDecisions decisions;

  GrantJudge(IssueDecisions decisions) {
    this.decisions = decisions;
  }

  /** {@return what {@code rules} mean for {@code grant}} */
  GrantVerdict judge(RuleSet rules, LiveGrant grant, Optional<Machine> machine) {
    if (machine.isEmpty() || machine.get().banned()) {
      return new GrantVerdict.Falls("the machine is unknown or banned");
    }
    return judge(grant, machine.get(), decide(rules, grant, machine.get()));
  }

  /** {@return what {@code rules} give the process that {@code grant} was given to} */
  PolicyDecision decide(RuleSet rules, LiveGrant grant, Machine machine) {
    return decisions.judgeAgain(rules, authenticated(machine), question(grant));
  }

  private static GrantVerdict judge(LiveGrant grant, Machine machine, PolicyDecision decision) {
    return switch (decision) {
      case PolicyDecision.Refused refused -> new GrantVerdict.Falls(refused.explanation());
      case PolicyDecision.Granted granted ->
          granted.identities().stream()
              .filter(identity -> identity.spiffeId().equals(grant.spiffeId()))
              .findFirst()
              .map(still -> terms(grant, machine, granted, still))
              .orElseGet(() ->
                  new GrantVerdict.Falls(
                      "the facts give "
                          + granted.identities().stream()
                              .map(identity -> identity.spiffeId().toString())
                              .toList()));
    };
  }

  private static GrantVerdict terms(
      LiveGrant grant, Machine machine, PolicyDecision.Granted granted, GrantedIdentity still) {
    String boundary = still.clearBoundary() ? "" : machine.properties().boundary();
    GrantedIdentity first = granted.identities().getFirst();
    if (question(grant).getSpiffeId().isEmpty() && !first.equals(still)) {
      return new GrantVerdict.Changes(still, "the default is now " + first.spiffeId());
    }
    if (!still.rule().equals(grant.rule())) {
      return new GrantVerdict.Changes(
          still, "by rule \"%s\" instead of \"%s\"".formatted(still.rule(), grant.rule()));
    }
    if (!boundary.equals(grant.boundary())) {
      return new GrantVerdict.Changes(
          still, "boundary \"%s\" instead of \"%s\"".formatted(boundary, grant.boundary()));
    }
    if (!still.terms().text().equals(grant.terms())) {
      return new GrantVerdict.Changes(
          still,
          "on terms \"%s\" instead of \"%s\"".formatted(still.terms().text(), grant.terms()));
    }
    Duration life = Duration.between(grant.issuedAt(), grant.notAfter());
    return life.compareTo(still.ttl()) > 0
        ? new GrantVerdict.Changes(still, "ttl %s instead of %s".formatted(still.ttl(), life))
        : new GrantVerdict.Stays();
  }

  /** {@return {@code machine} as if it asked now} */
  static Authenticated authenticated(Machine machine) {
    return new Authenticated(
        machine.name(),
        machine.properties(),
        machine.attestor(),
        machine.lineage(),
        0,
        machine.attestedAt());
  }

  /** {@return what the machine said about the process} */
  static IssueItem question(LiveGrant grant) {
    try {
      return IssueItem.parseFrom(grant.question().toByteArray());
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("stored question of a grant is damaged", e);
    }
  }
}
