package dev.alts.ca.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alts.ca.testing.PostgresServer;
import dev.alts.ca.testing.SmallDisk;
import dev.alts.identity.Bytes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The database cannot write: its disk is full, or it takes no writes at all. Callers are told so
 * and nothing that was acknowledged is missing; once there is room again service returns.
 */
@Tag("chaos")
@Tag("abuse-54")
@Timeout(900)
class FullDiskTest {
  private static final int MACHINES = 20;
  private static final int BATCH = 20;

  @TempDir Path directory;

  @Test
  void whileTheDiskOfTheTablesIsFullNothingIsIssuedAndServiceReturnsByItself() throws Exception {
    try (SmallDisk disk = SmallDisk.mount(directory.resolve("disk"), 256);
        PostgresServer database =
            PostgresServer.start(disk.path("data"), "--waldir=" + directory.resolve("wal"));
        Fleet fleet = Fleet.start(database.properties(), MACHINES);
        BusyMachines machines = fleet.machines(BATCH)) {
      // One that finds no room ends PostgreSQL; that is the other test's matter.
      set(database, "checkpoint_timeout = '1h'");
      machines.awaitMore(300);

      disk.fill();
      awaitInALog(fleet, "No space left on device");
      machines.awaitUnanswered();
      disk.free();

      machines.awaitMore(600);
      assertThatNothingIsLost(machines, database);
    }
  }

  @Test
  void whenTheDiskOfTheLogIsFullTheDatabaseEndsAndWhatItAcknowledgedIsThere() throws Exception {
    try (SmallDisk disk = SmallDisk.mount(directory.resolve("disk"), 128);
        PostgresServer database =
            PostgresServer.start(
                directory.resolve("data"), "--waldir=" + disk.path("wal"), "--wal-segsize=1");
        Fleet fleet = Fleet.start(database.properties(), MACHINES);
        BusyMachines machines = fleet.machines(BATCH)) {
      machines.awaitMore(300);

      disk.fill();
      machines.awaitUnanswered();
      BusyMachines.awaitThat(
          "PostgreSQL ended itself rather than go on without a log",
          () -> Files.readString(directory.resolve("data.log")).contains("PANIC"));
      machines.awaitUnanswered();
      disk.free();
      database.kill();
      database.start();

      machines.awaitMore(600);
      assertThatNothingIsLost(machines, database);
    }
  }

  @Test
  void whileTheDatabaseTakesNoWritesNothingIsIssuedAndServiceReturnsByItself() throws Exception {
    try (PostgresServer database = PostgresServer.start(directory.resolve("data"));
        Fleet fleet = Fleet.start(database.properties(), MACHINES);
        BusyMachines machines = fleet.machines(BATCH)) {
      machines.awaitMore(300);

      // As services that host databases do when a disk is full.
      set(database, "default_transaction_read_only = on");
      awaitInALog(fleet, "read-only transaction");
      machines.awaitUnanswered();
      set(database, "default_transaction_read_only = off");

      machines.awaitMore(600);
      assertThatNothingIsLost(machines, database);
    }
  }

  private static void set(PostgresServer database, String setting) {
    database.jdbc().execute("alter system set " + setting);
    database.jdbc().queryForList("select pg_reload_conf()");
  }

  private static void awaitInALog(Fleet fleet, String words) {
    BusyMachines.awaitThat(
        "a replica was told: " + words,
        () -> (fleet.one().log() + fleet.two().log()).contains(words));
  }

  private static void assertThatNothingIsLost(BusyMachines machines, PostgresServer database)
      throws Exception {
    Set<Bytes> acknowledged = machines.stop();
    assertThat(machines.said()).isNotEmpty().allSatisfy(WholeRecord::isClear);
    WholeRecord.assertThatAllIsThereOnce(acknowledged, database.jdbc());
  }
}
