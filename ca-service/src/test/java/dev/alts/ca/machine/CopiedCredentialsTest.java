package dev.alts.ca.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alts.api.machine.v1.MachineCredentials;
import dev.alts.api.machine.v1.RenewRequest;
import dev.alts.api.machine.v1.Topic;
import dev.alts.api.machine.v1.WatchResponse;
import dev.alts.ca.attestation.CopiedCredentials;
import dev.alts.ca.attestation.MachineName;
import dev.alts.ca.attestation.MachineRegistry;
import dev.alts.ca.authority.TrustDocuments;
import dev.alts.ca.resumption.ResumptionKeys;
import dev.alts.ca.revocation.RevocationLists;
import dev.alts.identity.crypto.EcdsaP256;
import dev.alts.identity.document.InvalidDocumentException;
import dev.alts.identity.document.RevocationEntry;
import dev.alts.identity.document.RevocationList;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Copies of a machine's credentials are found by their use, and no honest agent is taken for one,
 * wherever it crashes (ADR 25). Without grace: what passes here passes with any.
 */
class CopiedCredentialsTest {
  private static final SecureRandom RANDOM = new SecureRandom();

  private static MachineCa ca;
  private static MachineCa second;

  @BeforeAll
  static void start() {
    ca = MachineCa.start("alts.ca.machine.renewal-grace=0s");
    ca.apply(MachineCa.WEB);
    second = ca.replica("alts.ca.machine.renewal-grace=0s");
  }

  @AfterAll
  static void stop() {
    second.close();
    ca.close();
  }

  // Honest agents.

  @Test
  void crashBeforeTheAnswerHarmsNobody() {
    RawAgent agent = ca.attested("h1");
    var _ = agent.tryRenew(newKey(), RawAgent.idempotencyKey());
    var _ = agent.tryRenew(newKey(), RawAgent.idempotencyKey());

    // It comes up with what it had, and asks anew, with another key and another request.
    assertServed(agent);
    agent.renew();
    assertServed(agent);
    agent.renew();
    assertServed(agent);
    assertThat(copied("h1")).isEmpty();
  }

  @Test
  void repeatedRequestGivesTheSameCertificateWhicheverAnswerArrives() {
    RawAgent agent = ca.attested("h2");
    KeyPair key = newKey();
    RenewRequest request =
        RenewRequest.newBuilder()
            .setKeys(RawAgent.keys(key))
            .setIdempotencyKey(RawAgent.idempotencyKey())
            .build();

    MachineCredentials lost = agent.tryRenew(request);
    MachineCredentials again = agent.tryRenew(request);
    agent.goOnWith(key, again);

    assertThat(again.getTls().getChain(0)).isEqualTo(lost.getTls().getChain(0));
    assertServed(agent);
    agent.renew();
    assertServed(agent);
    assertThat(copied("h2")).isEmpty();
  }

  @Test
  void crashBetweenSavingAndFirstUseHarmsNobody() {
    RawAgent agent = ca.attested("h3");
    assertServed(agent);
    agent.renew();

    RawAgent restarted = agent.copy(ca);

    assertServed(restarted);
    restarted.renew();
    assertServed(restarted);
    assertThat(copied("h3")).isEmpty();
  }

  @Test
  void machineRestoredToBeforeTheFirstUseOfItsNewCertificateGoesOn() {
    RawAgent agent = ca.attested("h4");
    assertServed(agent);
    RawAgent backup = agent.copy(ca);
    agent.renew();

    assertServed(backup);
    backup.renew();
    assertServed(backup);
    assertThat(copied("h4")).isEmpty();
  }

  @Test
  void callsUnderWayAreServedAndOneThatWasHeldBackForLongRaisesNoAlarm() {
    try (MachineCa patient = MachineCa.start()) {
      patient.apply(MachineCa.WEB);
      RawAgent agent = patient.attested("h5");
      assertServed(agent);
      RawAgent old = agent.copy(patient);
      agent.renew();
      assertServed(agent);

      assertServed(old);
      assertThatThrownBy(old::renew)
          .satisfies(
              failure -> MachineApiTest.assertStatus(failure, Status.Code.FAILED_PRECONDITION));
      patient
          .jdbc()
          .update("UPDATE machine SET confirmed_at = confirmed_at - interval '3 minutes'");
      assertTurnedAway(old);
      assertServed(agent);
      assertThat(copied(patient, "h5")).isEmpty();

      patient
          .jdbc()
          .update("UPDATE machine SET superseded_use_at = superseded_use_at - interval '11 s'");
      assertTurnedAway(old);
      assertThat(copied(patient, "h5")).isPresent();
    }
  }

  /** What a replica of the version before writes has no parent and no time. */
  @Test
  @Tag("abuse-56")
  void certificatesRecordedByAnEarlierVersionGoOn() {
    RawAgent agent = ca.attested("h6");
    assertServed(agent);
    agent.renew();
    ca.jdbc()
        .update("UPDATE machine_certificate SET parent_generation = NULL WHERE machine = 'h6'");
    assertServed(agent);
    RawAgent old = agent.copy(ca);
    agent.renew();
    ca.jdbc()
        .update("UPDATE machine_certificate SET parent_generation = NULL WHERE machine = 'h6'");
    assertServed(agent);

    assertTurnedAway(old);
    assertServed(agent);
    assertThat(copied("h6")).as("an ancestor, shown once").isEmpty();
  }

  // Copies.

  @Test
  @Tag("abuse-9")
  void copyThatOnlyUsesTheOldCertificateStopsTheMachine() {
    RawAgent agent = ca.attested("t1");
    assertServed(agent);
    RawAgent thief = agent.copy(second);
    agent.renew();
    assertServed(agent);

    assertTurnedAway(thief);
    assertTurnedAway(thief);

    assertStopped("t1", agent, thief);
  }

  @Test
  @Tag("abuse-9")
  void copyThatRenewsFirstIsFoundByTheMachineItself() {
    RawAgent agent = ca.attested("t2");
    assertServed(agent);
    RawAgent thief = agent.copy(ca);
    thief.renew();
    assertServed(thief);

    assertTurnedAway(agent);
    assertThatThrownBy(agent::renew).isInstanceOf(StatusRuntimeException.class);

    assertStopped("t2", agent, thief);
  }

  @Test
  @Tag("abuse-9")
  void whenBothRenewTheSecondThatIsUsedStopsTheMachine() {
    RawAgent agent = ca.attested("t3");
    assertServed(agent);
    RawAgent thief = agent.copy(second);
    thief.renew();
    agent.renew();
    assertServed(agent);

    assertTurnedAway(thief);

    assertStopped("t3", agent, thief);
  }

  @Test
  @Tag("abuse-53")
  void ofAllReplicasThatNoticeItOneActs() {
    RawAgent agent = ca.attested("t4");
    RawAgent thief = agent.copy(ca);
    thief.renew();
    agent.renew();
    assertServed(agent);

    List<CompletableFuture<Void>> uses = new ArrayList<>();
    for (MachineCa replica : List.of(ca, second, ca, second)) {
      RawAgent copy = thief.copy(replica);
      uses.add(CompletableFuture.runAsync(() -> assertTurnedAway(copy)));
    }
    uses.forEach(CompletableFuture::join);

    assertStopped("t4", agent, thief);
  }

  @Test
  void openStreamOfACopyEndsAndIsGivenNoNewKeys() throws Exception {
    RawAgent agent = ca.attested("t5");
    assertServed(agent);
    RawAgent thief = agent.copy(ca);
    try (RawWatch watch = RawWatch.open(thief)) {
      watch.untilCaughtUp();
      agent.renew();
      assertServed(agent);
      assertTurnedAway(thief);
      assertTurnedAway(thief);

      List<WatchResponse> last = new ArrayList<>();
      watch.until(response -> {
        last.add(response);
        return response.getTopic() == Topic.EVICTION;
      });
      StatusRuntimeException end = watch.failure();

      assertThat(last).noneMatch(response -> response.getTopic() == Topic.RESUMPTION_KEYS);
      assertThat(end.getStatus().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
      assertThat(ca.bean(ResumptionKeys.class).handedTo(new MachineName("t5"))).isEmpty();
    }
  }

  @Test
  void stoppedMachineAttestsAgainAndIsShownAsGood() {
    RawAgent agent = ca.attested("t6");
    RawAgent thief = agent.copy(ca);
    thief.renew();
    agent.renew();
    assertServed(agent);
    assertTurnedAway(thief);
    assertThat(copied("t6")).isPresent();

    RawAgent again = ca.attested("t6");

    assertServed(again);
    assertThat(copied("t6")).isEmpty();
    assertTurnedAway(thief);
    assertServed(again);
  }

  @Test
  void alarmIsAFigureToo() {
    SimpleMeterRegistry figures = new SimpleMeterRegistry();
    ca.bean(CopiedMachines.class).bindTo(figures);
    assertThat(figures.get("alts.machines.copied").counter().count()).isZero();
    RawAgent agent = ca.attested("t7");
    RawAgent thief = agent.copy(ca);
    thief.renew();
    agent.renew();
    assertServed(agent);

    assertTurnedAway(thief);

    assertThat(figures.get("alts.machines.copied").counter().count()).isEqualTo(1);
  }

  private static void assertServed(RawAgent agent) {
    assertThat(agent.issue(RawAgent.itemOf(1000).build()).hasGrant()).isTrue();
  }

  private static void assertTurnedAway(RawAgent agent) {
    assertThatThrownBy(() -> agent.issue(RawAgent.itemOf(1000).build()))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            failure ->
                assertThat(failure.getStatus().getCode())
                    .isIn(Status.Code.UNAUTHENTICATED, Status.Code.UNAVAILABLE));
  }

  private static void assertStopped(String machine, RawAgent... users) {
    for (RawAgent user : users) {
      assertTurnedAway(user);
    }
    assertThat(copied(machine).orElseThrow().evidence()).contains("of lineage 1 was shown");
    assertThat(
            ca.count(
                "select count(*) from audit_event where type = 'MachineCopied'"
                    + " and body like '%\""
                    + machine
                    + "\"%'"))
        .isEqualTo(1);
    assertThat(list().entries())
        .filteredOn(entry ->
            entry instanceof RevocationEntry.Machine revoked && revoked.machine().equals(machine))
        .hasSize(1);
  }

  private static RevocationList list() {
    try {
      return RevocationList.open(
          ca.bean(RevocationLists.class).current().orElseThrow(),
          ca.bean(TrustDocuments.class).current().parsed());
    } catch (InvalidDocumentException e) {
      throw new AssertionError(e);
    }
  }

  private static Optional<CopiedCredentials> copied(String machine) {
    return copied(ca, machine);
  }

  private static Optional<CopiedCredentials> copied(MachineCa at, String machine) {
    return Optional.ofNullable(
        at.bean(MachineRegistry.class).find(new MachineName(machine)).orElseThrow().copied());
  }

  private static KeyPair newKey() {
    return EcdsaP256.best().generateKeyPair(RANDOM);
  }
}
