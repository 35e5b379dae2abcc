package dev.alts.benchmarks;

/**
 * Runs one handshake after the other, both ends in the calling thread, and counts how often an end
 * looked at the other's certificate: twice in a full handshake, never in a resumed one.
 */
interface Handshakes {
  void run() throws Exception;

  long authentications();

  /** Runs one handshake and fails unless it has authenticated as often as it should. */
  default void runAndRequire(int authentications) throws Exception {
    long before = authentications();
    run();
    long seen = authentications() - before;
    if (seen != authentications) {
      throw new IllegalStateException(
          "%d looks at a certificate in one handshake (expected: %d)"
              .formatted(seen, authentications));
    }
  }
}
