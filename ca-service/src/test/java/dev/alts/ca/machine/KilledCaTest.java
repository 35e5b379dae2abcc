package dev.alts.ca.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alts.api.machine.v1.Grant;
import dev.alts.api.machine.v1.IssueItem;
import dev.alts.ca.audit.AuditChains;
import dev.alts.identity.Bytes;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A CA process is killed again and again at random moments while machines ask it for certificates;
 * each asks for the same one until it is answered.
 */
@Tag("chaos")
@Tag("abuse-51")
@Tag("abuse-57")
class KilledCaTest {
  private static final int MACHINES = 6;
  private static final int KILLS = 8;

  @Test
  void nothingIsIssuedWithoutRecordOrTwiceHoweverOftenTheCaIsKilled() throws Exception {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    try (MachineCa other = MachineCa.start()) {
      other.apply(MachineCa.WEB);
      List<RawAgent> agents = new ArrayList<>();
      for (int i = 0; i < MACHINES; i++) {
        agents.add(other.attested("m-" + i));
      }
      try (CaProcess ca = CaProcess.start(other);
          PersistentMachines machines = PersistentMachines.start(agents, ca.port())) {
        killAgainAndAgain(ca, machines, random);
        Map<IssueItem, Grant> granted = machines.stop();

        assertThat(granted).as("seed %d", seed).hasSizeGreaterThan(KILLS * MACHINES);
        assertThat(machines.interrupted()).as("requests without an answer at first").isPositive();
        assertThatEachIsRecordedOnce(granted, other);
        assertThatTheOtherReplicaGivesTheSame(granted, machines, other);
        assertThat(other.bean(AuditChains.class).findings()).isEmpty();
      }
    }
  }

  private static void killAgainAndAgain(CaProcess ca, PersistentMachines machines, Random random)
      throws InterruptedException {
    for (int kills = 0; kills < KILLS; kills++) {
      machines.awaitProgress();
      machines.awaitFor(Duration.ofMillis(random.nextInt(1_500)));
      ca.killAndStartAgain();
    }
    machines.awaitProgress();
  }

  private static void assertThatEachIsRecordedOnce(Map<IssueItem, Grant> granted, MachineCa ca) {
    Set<Bytes> recorded =
        new HashSet<>(
            ca.jdbc()
                .query(
                    "select tbs from certificate",
                    (row, number) -> Bytes.copyOf(row.getBytes("tbs"))));
    Set<BigInteger> serials = new HashSet<>();
    for (Grant grant : granted.values()) {
      BigInteger serial = PersistentMachines.certificate(grant).getSerialNumber();
      assertThat(recorded).contains(PersistentMachines.signedPart(grant));
      assertThat(serials.add(serial)).as("serial %x is new", serial).isTrue();
    }
    assertThat(ca.count("select count(*) - count(distinct serial) from certificate")).isZero();
    assertThat(
            ca.count(
                "select count(*) - count(distinct spki_sha256) from certificate"
                    + " where spiffe_id = 'spiffe://test.alts/demo/web'"))
        .as("certificates beyond one for each request")
        .isZero();
  }

  private static void assertThatTheOtherReplicaGivesTheSame(
      Map<IssueItem, Grant> granted, PersistentMachines machines, MachineCa other) {
    granted.entrySet().stream()
        .limit(MACHINES * 50L)
        .forEach(entry ->
            assertThat(PersistentMachines.signedPart(machines.ask(entry.getKey(), other::port)))
                .isEqualTo(PersistentMachines.signedPart(entry.getValue())));
  }
}
