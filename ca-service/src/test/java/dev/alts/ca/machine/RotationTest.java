package dev.alts.ca.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.alts.api.machine.v1.AcknowledgeRequest;
import dev.alts.api.machine.v1.MachineGrpc;
import dev.alts.api.machine.v1.Pacing;
import dev.alts.api.machine.v1.Topic;
import dev.alts.api.machine.v1.WatchResponse;
import dev.alts.ca.attestation.MachineName;
import dev.alts.ca.attestation.MachineRegistry;
import dev.alts.ca.authority.AuthorityLife;
import dev.alts.ca.authority.AuthorityStatus;
import dev.alts.ca.authority.TrustDocuments;
import dev.alts.ca.endpoint.CaTlsIdentity;
import dev.alts.ca.naming.DomainPolicies;
import dev.alts.ca.rotation.Obstacle;
import dev.alts.ca.rotation.RenewalPacing;
import dev.alts.ca.rotation.RotationOutcome;
import dev.alts.ca.rotation.RotationRequest;
import dev.alts.ca.rotation.RotationSchedule;
import dev.alts.ca.rotation.RotationStep;
import dev.alts.ca.rotation.Rotations;
import dev.alts.ca.watch.WatchTopic;
import dev.alts.identity.Bytes;
import dev.alts.identity.EntityKind;
import dev.alts.identity.document.AuthorityState;
import dev.alts.identity.document.TrustDocument;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Authorities are replaced without leaving an agent behind, unless force is meant. */
class RotationTest {
  private static final Set<EntityKind> ALL = EnumSet.allOf(EntityKind.class);

  private MachineCa ca;

  @BeforeEach
  void start() {
    ca = MachineCa.start("alts.ca.rotation.drain=0s");
    ca.apply(MachineCa.WEB);
  }

  @AfterEach
  void stop() {
    ca.close();
  }

  @Test
  void renewalsAreSpreadByTheNumberOfCertificatesUntilAnAdminSaysOtherwise() throws Exception {
    RenewalPacing pacing = ca.bean(RenewalPacing.class);

    assertThat(pushedSpread()).as("of a fleet with nothing to renew").isEqualTo(1);
    ca.bean(DomainPolicies.class)
        .applyPacing(Pacing.newBuilder().setSpreadSeconds(77).build(), "/human/ada", "test");
    pacing.publish();

    assertThat(pushedSpread()).isEqualTo(77);
  }

  private int pushedSpread() throws InvalidProtocolBufferException {
    byte[] payload =
        ca.jdbc()
            .queryForObject(
                "SELECT payload FROM watch_event WHERE topic = ? ORDER BY sequence DESC LIMIT 1",
                byte[].class,
                WatchTopic.PACING.number());
    return WatchResponse.parseFrom(payload).getPacing().getSpreadSeconds();
  }

  @Test
  void activationWaitsForEveryAgentAndNamesThoseThatItWouldLeaveBehind() {
    RawAgent first = ca.attested("m-1");
    ca.attested("m-2");
    acknowledge(first, sequence());

    take(RotationStep.PREPARE, ALL);
    assertThat(hindered(RotationStep.ACTIVATE, ALL))
        .extracting(Obstacle::toString)
        .containsExactly(
            "m-1 (holds trust document 1, needs 2)",
            "m-2 (has never said which trust document it holds)");

    acknowledge(first, sequence());
    assertThat(hindered(RotationStep.ACTIVATE, ALL))
        .extracting(Obstacle::holder)
        .containsExactly("m-2");
    assertThat(states()).containsOnly(AuthorityState.ACTIVE, AuthorityState.PREPARED);

    ca.bean(MachineRegistry.class).ban(new MachineName("m-2"), "lost");
    assertThat(take(RotationStep.ACTIVATE, ALL)).isInstanceOf(RotationOutcome.Done.class);
    assertThat(states()).containsOnly(AuthorityState.ACTIVE, AuthorityState.RETIRED);
  }

  @Test
  void documentThatSaysTheSameAgainLeavesNobodyBehind() {
    RawAgent agent = ca.attested("m-1");
    take(RotationStep.PREPARE, Set.of(EntityKind.WORKLOAD));
    acknowledge(agent, sequence());

    take(RotationStep.PREPARE, Set.of(EntityKind.HUMAN));

    assertThat(take(RotationStep.ACTIVATE, Set.of(EntityKind.WORKLOAD)))
        .isInstanceOf(RotationOutcome.Done.class);
    assertThat(hindered(RotationStep.ACTIVATE, Set.of(EntityKind.HUMAN))).hasSize(1);
  }

  @Test
  void revocationWaitsUntilNobodyServesCertificatesOfTheOldAuthority() {
    RawAgent agent = ca.attested("m-1");
    Bytes old = keyId(EntityKind.WORKLOAD, AuthorityLife.ACTIVE);
    take(RotationStep.PREPARE, Set.of(EntityKind.WORKLOAD));
    acknowledge(agent, sequence(), old);
    take(RotationStep.ACTIVATE, Set.of(EntityKind.WORKLOAD));
    take(RotationStep.TAINT, Set.of(EntityKind.WORKLOAD));
    acknowledge(agent, sequence(), old);

    assertThat(hindered(RotationStep.REVOKE, Set.of(EntityKind.WORKLOAD)))
        .extracting(Obstacle::toString)
        .containsExactly("m-1 (serves workload certificates of the old authority)");

    acknowledge(agent, sequence(), keyId(EntityKind.WORKLOAD, AuthorityLife.ACTIVE));
    assertThat(take(RotationStep.REVOKE, Set.of(EntityKind.WORKLOAD)))
        .isInstanceOf(RotationOutcome.Done.class);
    assertThat(states())
        .containsExactlyInAnyOrder(
            AuthorityState.ACTIVE, AuthorityState.ACTIVE, AuthorityState.ACTIVE);
  }

  @Test
  void forceLeavesThemBehindButTurnsNoOrderAround() {
    ca.attested("m-1");

    assertThat(force(RotationStep.ACTIVATE)).isInstanceOf(RotationOutcome.OutOfTurn.class);
    assertThat(force(RotationStep.TAINT)).isInstanceOf(RotationOutcome.OutOfTurn.class);
    assertThat(force(RotationStep.REVOKE)).isInstanceOf(RotationOutcome.OutOfTurn.class);
    assertThat(force(RotationStep.PREPARE)).isInstanceOf(RotationOutcome.Done.class);
    assertThat(force(RotationStep.PREPARE)).isInstanceOf(RotationOutcome.OutOfTurn.class);
    assertThat(force(RotationStep.ACTIVATE)).isInstanceOf(RotationOutcome.Done.class);
    assertThat(force(RotationStep.TAINT)).isInstanceOf(RotationOutcome.Done.class);
    assertThat(force(RotationStep.REVOKE)).isInstanceOf(RotationOutcome.Done.class);
    assertThat(states()).hasSize(3).containsOnly(AuthorityState.ACTIVE);
  }

  @Test
  void caShowsACertificateOfAnotherAuthorityOnceItsOwnIsTainted() {
    CaTlsIdentity own = ca.bean(CaTlsIdentity.class);
    Bytes old = keyId(EntityKind.MACHINE, AuthorityLife.ACTIVE);
    assertThat(own.current().leaf().certificate().authorityKeyIdentifier()).contains(old);

    force(RotationStep.PREPARE);
    force(RotationStep.ACTIVATE);
    force(RotationStep.TAINT);

    awaitThat(() ->
        !own.current().leaf().certificate().authorityKeyIdentifier().equals(Optional.of(old)));
  }

  @Test
  void stepIsPushedAtOnceWithListsUnderTheNewDocument() {
    RawAgent agent = ca.attested("m-1");
    try (RawWatch watch = RawWatch.open(agent)) {
      watch.untilCaughtUp();

      take(RotationStep.PREPARE, ALL);

      assertThat(
              watch.untilEach(
                  List.of(
                      response -> response.getTopic() == Topic.TRUST_DOCUMENT,
                      response -> response.getTopic() == Topic.REVOCATION_LIST)))
          .hasSize(2);
    }
  }

  @Test
  @Tag("abuse-3")
  void agentSpeaksForItselfAndInBoundsOnly() {
    RawAgent agent = ca.attested("m-1");
    AcknowledgeRequest good =
        AcknowledgeRequest.newBuilder().setTrustDocumentSequence(sequence()).build();

    assertThatThrownBy(() -> MachineGrpc.newBlockingStub(agent.stranger()).acknowledge(good))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED));
    assertRefused(agent, good.toBuilder().clearTrustDocumentSequence().build());
    assertRefused(agent, good.toBuilder().addAuthorityKeyIds(ByteString.EMPTY).build());
    assertRefused(
        agent, good.toBuilder().addAuthorityKeyIds(ByteString.copyFrom(new byte[65])).build());
    AcknowledgeRequest.Builder many = good.toBuilder();
    for (int i = 0; i < 65; i++) {
      many.addAuthorityKeyIds(ByteString.copyFrom(new byte[] {(byte) i}));
    }
    assertRefused(agent, many.build());
    assertThatThrownBy(() -> acknowledge(agent, sequence() + 1))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE));
    assertThat(ca.count("SELECT count(*) FROM trust_holder")).isZero();

    acknowledge(agent, sequence());
    assertThat(ca.jdbc().queryForObject("SELECT machine FROM trust_holder", String.class))
        .isEqualTo("m-1");
  }

  @Test
  void scheduleReplacesAnAuthorityWhoseTimeHasComeAndWithdrawsItWhenNothingOfItIsLeft() {
    RotationSchedule schedule = ca.bean(RotationSchedule.class);
    RawAgent agent = ca.attested("m-1");
    schedule.run();
    assertThat(states()).hasSize(3);

    age(EntityKind.WORKLOAD, 300);
    schedule.run();
    assertThat(states()).contains(AuthorityState.PREPARED);
    schedule.run();
    assertThat(states()).as("not without the agent").contains(AuthorityState.PREPARED);
    acknowledge(agent, sequence());
    schedule.run();
    assertThat(states()).contains(AuthorityState.RETIRED).doesNotContain(AuthorityState.PREPARED);
    schedule.run();
    assertThat(states()).as("something of it may live").contains(AuthorityState.RETIRED);
    ca.jdbc().update("UPDATE issuing_authority SET retired_at = retired_at - interval '3 days'");
    schedule.run();
    assertThat(states()).hasSize(3).containsOnly(AuthorityState.ACTIVE);
  }

  @Test
  void deadlineActivatesWithoutAnAgentThatIsAway() {
    ca.attested("away");
    age(EntityKind.MACHINE, 300);
    RotationSchedule schedule = ca.bean(RotationSchedule.class);
    schedule.run();
    schedule.run();
    assertThat(states()).contains(AuthorityState.PREPARED);

    ca.jdbc().update("UPDATE issuing_authority SET prepared_at = prepared_at - interval '8 days'");
    schedule.run();

    assertThat(states()).contains(AuthorityState.RETIRED);
  }

  /** As if the present authority of this kind had been made so much earlier. */
  private void age(EntityKind kind, int days) {
    ca.jdbc()
        .update(
            """
            UPDATE issuing_authority SET not_before = not_before - ? * interval '1 day',
                not_after = not_after - ? * interval '1 day'
            WHERE kind = ? AND slot = 'CURRENT'
            """,
            days,
            days,
            kind.name());
  }

  private void assertRefused(RawAgent agent, AcknowledgeRequest request) {
    assertThatThrownBy(() -> MachineGrpc.newBlockingStub(agent.channel()).acknowledge(request))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT));
  }

  private static void acknowledge(RawAgent agent, long sequence, Bytes... authorities) {
    AcknowledgeRequest.Builder request =
        AcknowledgeRequest.newBuilder().setTrustDocumentSequence(sequence);
    Arrays.stream(authorities)
        .forEach(id -> request.addAuthorityKeyIds(ByteString.copyFrom(id.asByteBuffer())));
    var unused = MachineGrpc.newBlockingStub(agent.channel()).acknowledge(request.build());
  }

  private RotationOutcome take(RotationStep step, Set<EntityKind> kinds) {
    return ca.bean(Rotations.class).take(new RotationRequest(step, kinds, false, "test"));
  }

  private RotationOutcome force(RotationStep step) {
    return ca.bean(Rotations.class).take(new RotationRequest(step, ALL, true, "test"));
  }

  private List<Obstacle> hindered(RotationStep step, Set<EntityKind> kinds) {
    return ((RotationOutcome.Hindered) take(step, kinds)).obstacles();
  }

  private TrustDocument document() {
    return ca.bean(TrustDocuments.class).current().parsed();
  }

  private long sequence() {
    return document().sequence();
  }

  private List<AuthorityState> states() {
    return document().authorities().stream().map(member -> member.state()).toList();
  }

  private Bytes keyId(EntityKind kind, AuthorityLife life) {
    return ca.bean(Rotations.class).list().stream()
        .filter(authority -> authority.kind() == kind && authority.life() == life)
        .map(AuthorityStatus::keyIdentifier)
        .findFirst()
        .orElseThrow();
  }

  private static void awaitThat(BooleanSupplier condition) {
    long deadline = System.nanoTime() + 60_000_000_000L;
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
      LockSupport.parkNanos(100_000_000);
    }
  }
}
