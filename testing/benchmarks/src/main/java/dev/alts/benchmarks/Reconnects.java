package dev.alts.benchmarks;

/**
 * A server that restarts again and again, and after each time the same peers come back with what
 * they remember. Both ends in the calling thread.
 */
interface Reconnects {
  int PEERS = 1_000;

  /** The next peer comes back; once all are here the server is started anew. */
  void next() throws Exception;

  /** {@return how often an end looked at a certificate} */
  long authentications();

  /** Lets all come back once, and fails unless so many of each hundred have resumed. */
  default void allAndRequireResumed(int percent) throws Exception {
    long before = authentications();
    for (int i = 0; i < PEERS; i++) {
      next();
    }
    long resumed = PEERS - (authentications() - before) / 2;
    if (resumed * 100 != (long) percent * PEERS) {
      throw new IllegalStateException(
          "%d of %d peers resumed (expected: %d %%)".formatted(resumed, PEERS, percent));
    }
  }
}
