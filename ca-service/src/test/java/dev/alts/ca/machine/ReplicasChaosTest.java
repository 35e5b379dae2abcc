package dev.alts.ca.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alts.ca.testing.PostgresServer;
import dev.alts.identity.Bytes;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.Set;
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
      WholeRecord.assertThatAllIsThereOnce(acknowledged, database.jdbc());
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
      WholeRecord.assertThatAllIsThereOnce(machines.stop(), database.jdbc());
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

      assertThat(machines.said()).allSatisfy(WholeRecord::isClear);
      WholeRecord.assertThatAllIsThereOnce(acknowledged, follower.jdbc());
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

      assertThat(machines.said()).isNotEmpty().allSatisfy(WholeRecord::isClear);
      WholeRecord.assertThatAllIsThereOnce(acknowledged, database.jdbc());
    }
  }

  private static void awaitOneLease(JdbcTemplate jdbc) {
    BusyMachines.awaitThat(
        "the stopped replica's lease is over",
        () ->
            WholeRecord.count(jdbc, "select count(*) from replica where until > clock_timestamp()")
                == 1);
  }

  private static void awaitLeasesEnd(Fleet fleet) {
    BusyMachines.awaitThat(
        "both replicas noticed",
        () ->
            fleet.one().log().contains("Lease not renewed: held=false")
                && fleet.two().log().contains("Lease not renewed: held=false"));
  }

  private static long highestEpoch(JdbcTemplate jdbc) {
    return WholeRecord.count(jdbc, "select max(epoch) from replica");
  }
}
