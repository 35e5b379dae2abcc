package dev.alts.ca.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.alts.ca.audit.AuditFailedException;
import dev.alts.ca.audit.ReplicaIncarnation;
import dev.alts.ca.testing.CaTestDatabase;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

@Tag("abuse-52")
class ReplicaLeaseTest {
  private static final Duration LENGTH = Duration.ofMinutes(1);

  private final JdbcTemplate jdbc = CaTestDatabase.connect(CaTestDatabase.newDatabase());
  private final TransactionTemplate transaction =
      new TransactionTemplate(new JdbcTransactionManager(jdbc.getDataSource()));
  private final ReplicaIncarnation incarnation = ReplicaIncarnation.begin(new SecureRandom());
  private final ReplicaLease lease = serving(incarnation, LENGTH);

  @Test
  void aNewReplicaMayAct() {
    assertThat(lease.isHeld()).isTrue();
    assertThat(lease.allows(lease.epoch())).isTrue();
    lease.requireHeld();
  }

  @Test
  void theDatabasesClockEndsALeaseThatThisReplicaStillBelievesIn() {
    expire();

    assertThat(lease.isHeld()).isTrue();
    assertFenced();
  }

  @Test
  void aRenewalThatComesTooLateTakesAHigherEpochAndReadsEverythingAgain() {
    long before = lease.epoch();
    expire();
    List<String> read = new ArrayList<>();

    lease.renew(List.of(() -> read.add("trust document"), () -> read.add("rules")));

    assertThat(read).containsExactly("trust document", "rules");
    assertThat(lease.epoch()).isGreaterThan(before);
    assertThat(lease.allows(before)).isFalse();
    lease.requireHeld();
  }

  @Test
  void aRenewalInTimeKeepsTheEpochAndReadsNothing() {
    long before = lease.epoch();

    lease.renew(
        List.of(() -> {
          throw new AssertionError("nothing to catch up with");
        }));

    assertThat(lease.epoch()).isEqualTo(before);
  }

  @Test
  void nothingIsDoneUntilEveryViewWasRead() {
    expire();

    assertThatIllegalStateException()
        .isThrownBy(() ->
            lease.renew(
                List.of(() -> {
                  assertThat(lease.isHeld()).isFalse();
                  throw new IllegalStateException("the database is away again");
                })));

    assertThat(lease.isHeld()).isFalse();
    assertThatExceptionOfType(LeaseLostException.class).isThrownBy(lease::epoch);
    lease.renew(List.of());
    assertThat(lease.isHeld()).isTrue();
  }

  @Test
  void whatBeganUnderAnOlderEpochIsNotRecordedUnderTheNewOne() {
    lease.run(() -> {
      expire();
      renewElsewhere();
      assertThat(lease.isHeld()).isTrue();
      assertThat(lease.allows(lease.epoch())).isFalse();
      assertFenced();
    });
    lease.requireHeld();
  }

  @Test
  void aLeaseThatItsOwnClockEndedAllowsNothing() throws InterruptedException {
    ReplicaLease shortLease =
        serving(ReplicaIncarnation.begin(new SecureRandom()), Duration.ofMillis(1));
    long deadline = System.nanoTime() + Duration.ofMinutes(1).toNanos();
    while (shortLease.isHeld()) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      Thread.onSpinWait();
    }

    assertThatExceptionOfType(LeaseLostException.class).isThrownBy(shortLease::epoch);
    assertThatExceptionOfType(AuditFailedException.class).isThrownBy(shortLease::requireHeld);
  }

  @Test
  void aStartThatIsSlowerThanItsLeaseStillRecordsWhatItDoes() {
    ReplicaLease starting = starting();
    expire();

    starting.requireHeld();

    assertThat(starting.allows(starting.epoch())).isTrue();
    assertThat(starting.isHeld()).isFalse();
  }

  @Test
  void whatASlowStartHasInMemoryIsReadAgainBeforeItServes() {
    ReplicaLease slow =
        new ReplicaLease(jdbc, ReplicaIncarnation.begin(new SecureRandom()), Duration.ofNanos(1));
    List<String> read = new ArrayList<>();

    slow.serve(List.of(() -> read.add("trust document")));

    assertThat(read).containsExactly("trust document");
  }

  @Test
  void aLateRenewalDuringAStartIsRememberedUntilItServes() {
    ReplicaLease slow =
        new ReplicaLease(jdbc, ReplicaIncarnation.begin(new SecureRandom()), Duration.ofNanos(1));
    long before = slow.epoch();
    List<String> read = new ArrayList<>();

    slow.renew(List.of());

    assertThat(slow.epoch()).isEqualTo(before);
    assertThat(slow.timesLost()).isEqualTo(1);
    slow.serve(List.of(() -> read.add("trust document")));
    assertThat(read).containsExactly("trust document");
  }

  @Test
  void aStartWithinItsLeaseReadsNothingAgain() {
    ReplicaLease starting = starting();

    starting.serve(
        List.of(() -> {
          throw new AssertionError("nothing to catch up with");
        }));

    assertThat(starting.isHeld()).isTrue();
    expire();
    assertFenced(starting);
  }

  @Test
  void anEpochThatSomebodyElseTookEndsEvenAStart() {
    ReplicaLease starting = starting();

    jdbc.update("update replica set epoch = nextval('replica_epoch')");

    assertFenced(starting);
  }

  @Test
  void aLongTransactionDoesNotKeepItsReplicaFromRenewing() {
    long before = lease.epoch();

    transaction.executeWithoutResult(status -> {
      lease.requireHeld();
      renewElsewhere();
      lease.requireHeld();
    });

    assertThat(lease.epoch()).isEqualTo(before);
    assertThat(lease.isHeld()).isTrue();
  }

  @Test
  void nobodyTakesAnotherEpochBeforeTheTransactionThatNeedsThisOneHasEnded() {
    transaction.executeWithoutResult(status -> {
      lease.requireHeld();

      assertThatExceptionOfType(CompletionException.class)
          .isThrownBy(() -> CompletableFuture.runAsync(this::takeEpochAtOnce).join())
          .withStackTraceContaining("lock timeout");
    });
    takeEpochAtOnce();
  }

  @Test
  void aDutyIsDoneByOneReplicaUntilItLeaves() {
    ReplicaIncarnation otherLife = ReplicaIncarnation.begin(new SecureRandom());
    Duties mine = new Duties(jdbc, incarnation, lease);
    Duties others = new Duties(jdbc, otherLife, serving(otherLife, LENGTH));
    List<String> done = new ArrayList<>();

    assertThat(mine.attempt("checkpoint", () -> done.add("mine"))).isTrue();
    assertThat(others.attempt("checkpoint", () -> done.add("other"))).isFalse();
    assertThat(mine.attempt("checkpoint", () -> done.add("mine again"))).isTrue();
    lease.release();
    assertThat(others.attempt("checkpoint", () -> done.add("other"))).isTrue();

    assertThat(done).containsExactly("mine", "mine again", "other");
  }

  @Test
  void aDutyWhoseHolderIsNotSeenAnyMoreIsTakenOver() {
    ReplicaIncarnation otherLife = ReplicaIncarnation.begin(new SecureRandom());
    Duties others = new Duties(jdbc, otherLife, serving(otherLife, LENGTH));
    assertThat(new Duties(jdbc, incarnation, lease).attempt("checkpoint", () -> {})).isTrue();

    jdbc.update("update duty set until = clock_timestamp() - interval '1 second'");

    assertThat(others.attempt("checkpoint", () -> {})).isTrue();
  }

  @Test
  void aReplicaThatLeavesClosesItsAuditChains() {
    openChain();

    lease.release();

    assertThat(openChains()).isZero();
  }

  @Test
  void aReplicaThatWasGoneForADayIsForgottenItsChainsAreClosedAndItNeverActsAgain() {
    openChain();
    ReplicaIncarnation otherLife = ReplicaIncarnation.begin(new SecureRandom());
    Duties others = new Duties(jdbc, otherLife, new ReplicaLease(jdbc, otherLife, LENGTH));
    others.forgetDeparted();
    assertThat(openChains()).as("while it may come back").isPositive();

    jdbc.update(
        "update replica set until = clock_timestamp() - interval '25 hours' where incarnation = ?",
        incarnation.id());
    others.forgetDeparted();

    assertThat(openChains()).isZero();
    assertThatIllegalStateException()
        .isThrownBy(() -> lease.renew(List.of()))
        .withMessageContaining("restart it");
    assertThat(lease.isHeld()).isFalse();
  }

  private void openChain() {
    jdbc.update(
        "insert into audit_chain (incarnation, purpose, head) values (?, 'admin', ?)",
        incarnation.id(),
        new byte[32]);
    assertThat(openChains()).isEqualTo(1);
  }

  private int openChains() {
    Integer open =
        jdbc.queryForObject(
            "select count(*) from audit_chain where closed_at is null", Integer.class);
    return open == null ? 0 : open;
  }

  private ReplicaLease starting() {
    return new ReplicaLease(jdbc, incarnation, LENGTH);
  }

  private ReplicaLease serving(ReplicaIncarnation life, Duration length) {
    ReplicaLease serving = new ReplicaLease(jdbc, life, length);
    serving.serve(List.of());
    return serving;
  }

  private void takeEpochAtOnce() {
    transaction.executeWithoutResult(status -> {
      jdbc.execute("set local lock_timeout = '100ms'");
      jdbc.update("update replica set epoch = nextval('replica_epoch')");
    });
  }

  private void assertFenced() {
    assertFenced(lease);
  }

  private static void assertFenced(ReplicaLease lease) {
    assertThatExceptionOfType(AuditFailedException.class)
        .isThrownBy(lease::requireHeld)
        .withMessage("this replica has lost its lease");
  }

  private void expire() {
    jdbc.update(
        "update replica set until = clock_timestamp() - interval '1 second' where incarnation = ?",
        incarnation.id());
  }

  /** As the renewal does on its own thread, which no call's scope reaches. */
  private void renewElsewhere() {
    CompletableFuture.runAsync(() -> lease.renew(List.of())).orTimeout(30, TimeUnit.SECONDS).join();
  }
}
