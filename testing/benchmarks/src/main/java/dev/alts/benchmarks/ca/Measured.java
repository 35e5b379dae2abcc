package dev.alts.benchmarks.ca;

import java.time.Duration;

/**
 * One row: what was issued, how long answers took, and what it cost each process, in microseconds
 * of CPU for each certificate.
 *
 * @param perSecond certificates
 */
record Measured(
    String what,
    long issued,
    double perSecond,
    double p50Millis,
    double p99Millis,
    double caMicros,
    double databaseMicros,
    double loadMicros) {

  static Measured of(
      String what, Load.Outcome outcome, Duration ca, Duration database, Duration load) {
    return new Measured(
        what,
        outcome.issued(),
        outcome.perSecond(),
        outcome.latencies().millis(0.5),
        outcome.latencies().millis(0.99),
        each(ca, outcome),
        each(database, outcome),
        each(load, outcome));
  }

  private static double each(Duration cpu, Load.Outcome outcome) {
    return cpu.toNanos() / 1e3 / outcome.issued();
  }
}
