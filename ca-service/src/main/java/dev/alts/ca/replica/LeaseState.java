package dev.alts.ca.replica;

/**
 * What a replica knows of its own lease. Times are of the monotonic clock, which runs on while the
 * process is stopped.
 */
sealed interface LeaseState {
  /**
   * Nobody is served yet. However long that takes, this replica may record what its start does:
   * what it has in memory is read again before anybody is served if the lease was over meanwhile.
   *
   * @param untilNanos as for {@link Held}
   */
  record Starting(long epoch, long untilNanos) implements LeaseState {
    boolean isOver() {
      return System.nanoTime() - untilNanos >= 0;
    }
  }

  /** Another epoch has to be taken before anything is done. */
  record Lost() implements LeaseState {}

  /** The database knows us under this epoch, but what we have in memory may be old. */
  record CatchingUp(long epoch) implements LeaseState {}

  /**
   * We may act.
   *
   * @param untilNanos counted from before the database was asked, so never later than its own end
   */
  record Held(long epoch, long untilNanos) implements LeaseState {
    boolean isOver() {
      return System.nanoTime() - untilNanos >= 0;
    }
  }
}
