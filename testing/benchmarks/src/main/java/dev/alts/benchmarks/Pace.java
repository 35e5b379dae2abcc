package dev.alts.benchmarks;

import java.time.Duration;

/**
 * How thorough a run is.
 *
 * @param rounds how often all cases get a process of their own, one case after the other
 * @param iterations measured ones in each process
 * @param millis length of an iteration
 * @param budget no case starts its second round after this
 * @param grpcRounds how often each gRPC transport gets its turn when all are warm
 * @param grpcRound length of a turn
 */
record Pace(
    int rounds, int iterations, int millis, Duration budget, int grpcRounds, Duration grpcRound) {

  static final Pace FULL = new Pace(2, 5, 300, Duration.ofMinutes(12), 9, Duration.ofMillis(800));

  static final Pace SHORT = new Pace(1, 3, 200, Duration.ofMinutes(6), 5, Duration.ofMillis(600));
}
