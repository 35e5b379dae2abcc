package dev.alts.ca.replica;

import dev.alts.ca.audit.AuditFailedException;
import dev.alts.ca.audit.ChainEnds;
import dev.alts.ca.audit.Fence;
import dev.alts.ca.audit.ReplicaIncarnation;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * This replica's right to act: a row in the database that it renews. Thread-safe.
 *
 * <p>A replica that was stopped for longer than its lease finds it over, by its own monotonic clock
 * before it asks anybody and by the database's in the transaction of whatever it tries to record.
 * It takes a new epoch, reads everything again that it has in memory, and only then goes on. What
 * it had begun under the old epoch is neither recorded nor signed.
 *
 * <p>Until it serves somebody the end of the lease takes nothing from it: a start on a slow machine
 * would otherwise fail wherever it happens to be.
 */
public final class ReplicaLease implements Fence {
  private static final Logger log = LoggerFactory.getLogger(ReplicaLease.class);
  private static final ScopedValue<Long> BEGUN_UNDER = ScopedValue.newInstance();

  private final JdbcTemplate jdbc;
  private final ReplicaIncarnation incarnation;
  private final Duration length;
  private final AtomicLong timesLost = new AtomicLong();
  private volatile LeaseState state;

  /** Takes the first epoch, to start under. */
  ReplicaLease(JdbcTemplate jdbc, ReplicaIncarnation incarnation, Duration length) {
    this.jdbc = jdbc;
    this.incarnation = incarnation;
    this.length = length;
    long asked = System.nanoTime();
    this.state = new LeaseState.Starting(takeEpoch(), asked + length.toNanos());
  }

  /** {@return whether this replica may act now} */
  public boolean isHeld() {
    return state instanceof LeaseState.Held held && !held.isOver();
  }

  /**
   * {@return the epoch under which the present call began}
   *
   * @throws LeaseLostException if the replica has no lease
   */
  public long epoch() {
    return BEGUN_UNDER.isBound() ? BEGUN_UNDER.get() : current();
  }

  long timesLost() {
    return timesLost.get();
  }

  /** {@return whether what began under {@code epoch} may still be recorded and signed} */
  public boolean allows(long epoch) {
    return switch (state) {
      case LeaseState.Starting starting -> starting.epoch() == epoch;
      case LeaseState.Held held -> held.epoch() == epoch && !held.isOver();
      case LeaseState.Lost _, LeaseState.CatchingUp _ -> false;
    };
  }

  /**
   * @throws LeaseLostException if what began under {@code epoch} may not be signed or given out any
   *     more
   */
  public void requireAllowed(long epoch) {
    if (!allows(epoch)) {
      throw new LeaseLostException();
    }
  }

  /**
   * Runs {@code work} as one thing that begins now: it ends without effect if the epoch changes.
   *
   * @throws LeaseLostException if the replica has no lease
   */
  public void run(Runnable work) {
    ScopedValue.where(BEGUN_UNDER, epoch()).run(work);
  }

  /**
   * Does {@code work} as one thing that begins now, as {@link #run} does.
   *
   * @throws LeaseLostException if the replica has no lease
   * @throws X as {@code work} does
   */
  public <T, X extends Throwable> T call(ScopedValue.CallableOp<? extends T, X> work) throws X {
    return callUnder(epoch(), work);
  }

  /** Goes on with what began under {@code epoch}, in another thread than {@link #call} did. */
  public <T, X extends Throwable> T callUnder(
      long epoch, ScopedValue.CallableOp<? extends T, X> work) throws X {
    return ScopedValue.where(BEGUN_UNDER, epoch).call(work);
  }

  @Override
  public void requireHeld() {
    LeaseState now = state;
    long epoch =
        switch (now) {
          case LeaseState.Lost _ -> throw fenced();
          case LeaseState.Starting starting -> starting.epoch();
          case LeaseState.CatchingUp catching -> catching.epoch();
          case LeaseState.Held held -> held.epoch();
        };
    if (BEGUN_UNDER.isBound() && BEGUN_UNDER.get() != epoch) {
      throw fenced();
    }
    // FOR KEY SHARE: until the caller's transaction has ended nobody removes the row or changes its
    // epoch, which is a key. The end of the lease may change: a long transaction that kept its own
    // replica from renewing would lose the lease that it needs.
    List<@Nullable Boolean> holds =
        jdbc.queryForList(
            """
            select epoch = ? and (? or until > clock_timestamp()) from replica
            where incarnation = ? for key share
            """,
            Boolean.class,
            epoch,
            now instanceof LeaseState.Starting,
            incarnation.id());
    if (!holds.equals(List.of(true))) {
      throw fenced();
    }
  }

  /**
   * Ends the start: from now on the end of the lease ends what this replica may do. Not at the same
   * time as {@link #renew}.
   *
   * @param views read again if the start was longer than a lease that was not renewed
   */
  void serve(List<CatchUp> views) {
    if (!(state instanceof LeaseState.Starting starting)) {
      return;
    }
    long asked = System.nanoTime();
    if (starting.isOver() || timesLost() > 0) {
      views.forEach(CatchUp::catchUp);
    }
    state = new LeaseState.Held(prolong(starting), asked + length.toNanos());
  }

  /** Renews the lease, or takes a new epoch and has {@code views} read again. */
  void renew(List<CatchUp> views) {
    long asked = System.nanoTime();
    if (state instanceof LeaseState.Starting starting) {
      if (starting.isOver()) {
        timesLost.incrementAndGet();
        log.info("Start slower than the lease: everything is read again before it is over");
      }
      state = new LeaseState.Starting(prolong(starting), asked + length.toNanos());
      return;
    }
    if (state instanceof LeaseState.Held held) {
      if (!held.isOver() && extend(held.epoch())) {
        state = new LeaseState.Held(held.epoch(), asked + length.toNanos());
        return;
      }
      state = new LeaseState.Lost();
      timesLost.incrementAndGet();
      log.warn(
          "Lease lost: epoch={}; nothing is issued until this replica has caught up", held.epoch());
    }
    if (new ChainEnds(jdbc).areClosed(incarnation)) {
      throw new IllegalStateException(
          "this replica was taken for departed: its audit chains are closed; restart it");
    }
    long epoch = takeEpoch();
    state = new LeaseState.CatchingUp(epoch);
    views.forEach(CatchUp::catchUp);
    if (!extend(epoch)) {
      state = new LeaseState.Lost();
      return;
    }
    state = new LeaseState.Held(epoch, asked + length.toNanos());
    log.info("Lease taken: epoch={}", epoch);
  }

  /** Nobody has to wait until it is over. */
  void release() {
    state = new LeaseState.Lost();
    jdbc.update("delete from duty where holder = ?", incarnation.id());
    new ChainEnds(jdbc).close(incarnation);
    jdbc.update("delete from replica where incarnation = ?", incarnation.id());
  }

  private long current() {
    return switch (state) {
      case LeaseState.Starting starting -> starting.epoch();
      case LeaseState.Held held when !held.isOver() -> held.epoch();
      case LeaseState.Held _, LeaseState.Lost _, LeaseState.CatchingUp _ ->
          throw new LeaseLostException();
    };
  }

  /** As {@link #extend}, even if it is over; a new epoch if we were forgotten. */
  private long prolong(LeaseState.Starting starting) {
    boolean known =
        jdbc.update(
                """
                update replica set until = clock_timestamp() + make_interval(secs => ?)
                where incarnation = ? and epoch = ?
                """,
                seconds(),
                incarnation.id(),
                starting.epoch())
            == 1;
    return known ? starting.epoch() : takeEpoch();
  }

  private boolean extend(long epoch) {
    return jdbc.update(
            """
            update replica set until = clock_timestamp() + make_interval(secs => ?)
            where incarnation = ? and epoch = ? and until > clock_timestamp()
            """,
            seconds(),
            incarnation.id(),
            epoch)
        == 1;
  }

  private long takeEpoch() {
    Long epoch =
        jdbc.queryForObject(
            """
            insert into replica (incarnation, epoch, until)
            values (?, nextval('replica_epoch'), clock_timestamp() + make_interval(secs => ?))
            on conflict (incarnation) do update set epoch = excluded.epoch, until = excluded.until
            returning epoch
            """,
            Long.class,
            incarnation.id(),
            seconds());
    if (epoch == null) {
      throw new AssertionError("an insert returns its columns");
    }
    return epoch;
  }

  private double seconds() {
    return length.toMillis() / 1000.0;
  }

  private static AuditFailedException fenced() {
    return new AuditFailedException("this replica has lost its lease", null);
  }
}
