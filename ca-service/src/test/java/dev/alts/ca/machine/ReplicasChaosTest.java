package dev.alts.ca.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alts.ca.audit.AuditChains;
import dev.alts.ca.testing.PostgresServer;
import dev.alts.identity.Bytes;
import dev.alts.identity.crypto.Sha256;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Two CA processes on one database while machines ask for certificates, and everything that can
 * happen to the three of them. In the end nothing that was acknowledged is missing, no serial is
 * there twice, no request was served twice, and every audit chain and topic is whole.
 */
@Tag("chaos")
@Tag("abuse-51")
@Tag("abuse-52")
@Tag("abuse-57")
@Timeout(1200)
class ReplicasChaosTest {
  /** How many certificates; {@code -Dalts.chaos.certificates=N} asks for fewer. */
  private static final int CERTIFICATES = Integer.getInteger("alts.chaos.certificates", 200_000);

  /** A slow machine does not get that far; what it got is judged all the same. */
  private static final Duration LONGEST = Duration.ofMinutes(4);

  private static final int LEAST_KILLS = 3;
  private static final String LEASE = "alts.ca.replica.lease=5s";

  @TempDir Path directory;

  @Test
  void nothingIsLostOrDoubledWhileReplicasAndDatabaseAreKilled() throws Exception {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    try (PostgresServer database = PostgresServer.start(directory.resolve("one"));
        Fleet fleet = Fleet.start(database.properties(), 150);
        BusyMachines machines = fleet.machines(50)) {
      long end = System.nanoTime() + LONGEST.toNanos();
      for (int kills = 0;
          kills < LEAST_KILLS || (machines.count() < CERTIFICATES && System.nanoTime() < end);
          kills++) {
        machines.awaitMore(1_000);
        BusyMachines.pause(Duration.ofMillis(random.nextInt(3_000)));
        switch (random.nextInt(3)) {
          case 0 -> fleet.one().killAndStartAgain();
          case 1 -> fleet.two().killAndStartAgain();
          default -> {
            database.kill();
            database.start();
          }
        }
      }
      machines.awaitMore(1_000);
      Set<Bytes> acknowledged = machines.stop();

      System.out.printf(
          "chaos: %d certificates, %d calls without an answer, seed %d%n",
          acknowledged.size(), machines.unanswered(), seed);
      assertThatAllIsThereOnce(acknowledged, database.jdbc());
    }
  }

  @Test
  void aReplicaThatWasStoppedBeyondItsLeaseActsOnlyUnderANewEpoch() throws Exception {
    try (PostgresServer database = PostgresServer.start(directory.resolve("one"));
        Fleet fleet = Fleet.start(database.properties(), 20);
        BusyMachines machines = fleet.machines(10)) {
      for (int round = 0; round < 3; round++) {
        machines.awaitMore(200);
        fleet.one().suspend();
        // The other goes on, whatever locks the stopped one holds, and the stopped one's lease
        // ends.
        awaitOneLease(database.jdbc());
        machines.awaitMore(200);
        long highest = highestEpoch(database.jdbc());
        fleet.one().resume();
        machines.awaitMore(400);
        assertThat(fleet.one().log()).contains("Lease lost");
        assertThat(highestEpoch(database.jdbc())).as("round %d", round).isGreaterThan(highest);
      }
      assertThatAllIsThereOnce(machines.stop(), database.jdbc());
    }
  }

  @Test
  @Tag("abuse-54")
  void afterAFailoverEverythingAcknowledgedIsThere() throws Exception {
    try (PostgresServer primary = PostgresServer.start(directory.resolve("one"));
        PostgresServer follower = primary.follower(directory.resolve("two"));
        Fleet fleet = Fleet.start(primary.propertiesWith(follower), 20);
        BusyMachines machines = fleet.machines(10)) {
      machines.awaitMore(1_000);
      primary.kill();
      machines.awaitUnanswered();
      follower.promote();
      machines.awaitMore(1_000);
      Set<Bytes> acknowledged = machines.stop();

      assertThat(machines.said()).allSatisfy(ReplicasChaosTest::isClear);
      assertThatAllIsThereOnce(acknowledged, follower.jdbc());
    }
  }

  @Test
  @Tag("abuse-54")
  void whileTheDatabaseIsAwayCallersAreToldSoAndServiceReturnsByItself() throws Exception {
    try (PostgresServer database = PostgresServer.start(directory.resolve("one"));
        Fleet fleet = Fleet.start(database.properties(), 20);
        BusyMachines machines = fleet.machines(10)) {
      machines.awaitMore(300);
      database.stop();
      machines.awaitUnanswered();
      awaitLeasesEnd(fleet);
      machines.awaitUnanswered();
      RestPort admin = RestPort.of(fleet.one());
      assertThat(admin.readiness()).isEqualTo(503);
      assertThat(admin.trustDocument())
          .satisfies(answer -> {
            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(answer.headers().firstValue("Content-Type"))
                .contains("application/problem+json");
            assertThat(answer.headers().firstValue("Retry-After")).isPresent();
            assertThat(answer.body()).contains("has no lease");
          });
      database.start();
      machines.awaitMore(600);
      BusyMachines.awaitThat("ready again", () -> admin.readiness() == 200);
      assertThat(admin.trustDocument().statusCode()).isEqualTo(200);
      Set<Bytes> acknowledged = machines.stop();

      assertThat(machines.said()).isNotEmpty().allSatisfy(ReplicasChaosTest::isClear);
      assertThatAllIsThereOnce(acknowledged, database.jdbc());
    }
  }

  /** No stack trace, no SQL, no "internal error". */
  private static void isClear(String answer) {
    assertThat(answer)
        .doesNotContain("INTERNAL")
        .doesNotContain("Exception")
        .doesNotContain("ERROR:");
  }

  private static void assertThatAllIsThereOnce(Set<Bytes> acknowledged, JdbcTemplate jdbc) {
    Set<Bytes> recorded = new HashSet<>();
    jdbc.query(
        "select tbs from certificate where spiffe_id = 'spiffe://test.alts/demo/web'",
        row -> {
          recorded.add(Sha256.of(row.getBytes("tbs")));
        });
    Set<Bytes> missing = new HashSet<>(acknowledged);
    missing.removeAll(recorded);
    assertThat(missing).as("acknowledged certificates without a record").isEmpty();
    assertThat(recorded).as("certificates beyond one for each request").hasSameSizeAs(acknowledged);
    assertThat(count(jdbc, "select count(*) - count(distinct serial) from certificate")).isZero();
    assertThat(
            count(
                jdbc,
                "select count(*) - count(distinct left(encode(serial, 'hex'), -16))"
                    + " from certificate where octet_length(serial) > 8"))
        .as("serial numbers whose counted half is there twice")
        .isZero();
    assertThat(
            count(
                jdbc,
                """
                select count(*) from (
                  select sequence - lag(sequence) over (partition by topic, scope order by sequence)
                    as step from watch_event) steps
                where step <> 1
                """))
        .as("gaps in topics")
        .isZero();
    assertThat(new AuditChains(jdbc).findings()).isEmpty();
  }

  private static void awaitOneLease(JdbcTemplate jdbc) {
    BusyMachines.awaitThat(
        "the stopped replica's lease is over",
        () -> count(jdbc, "select count(*) from replica where until > clock_timestamp()") == 1);
  }

  private static void awaitLeasesEnd(Fleet fleet) {
    BusyMachines.awaitThat(
        "both replicas noticed",
        () ->
            fleet.one().log().contains("Lease not renewed: held=false")
                && fleet.two().log().contains("Lease not renewed: held=false"));
  }

  private static long highestEpoch(JdbcTemplate jdbc) {
    return count(jdbc, "select max(epoch) from replica");
  }

  private static long count(JdbcTemplate jdbc, String query) {
    Long count = jdbc.queryForObject(query, Long.class);
    return count == null ? 0 : count;
  }

  /** Two replicas and machines that have attested. */
  private record Fleet(CaProcess one, CaProcess two, List<RawAgent> agents)
      implements AutoCloseable {
    static Fleet start(List<String> database, int machines) throws Exception {
      List<RawAgent> agents = new ArrayList<>();
      Path first;
      Path second;
      // A third replica lays the foundation and leaves.
      try (MachineCa founder =
          MachineCa.start(Files.createTempDirectory("alts-founder-"), database)) {
        founder.apply(MachineCa.WEB);
        for (int i = 0; i < machines; i++) {
          agents.add(founder.attested("m-" + i));
        }
        first = founder.replicaHome();
        second = founder.replicaHome();
      }
      CaProcess one = CaProcess.start(first, database, LEASE);
      try {
        return new Fleet(one, CaProcess.start(second, database, LEASE), agents);
      } catch (AssertionError | Exception e) {
        one.close();
        throw e;
      }
    }

    BusyMachines machines(int batch) {
      List<IntSupplier> ports = List.of(one::port, two::port);
      return BusyMachines.start(agents, ports, batch);
    }

    @Override
    public void close() {
      one.close();
      two.close();
    }
  }
}
