package dev.alts.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * Says whether a process that does the same thing again and again stays as large as it was.
 *
 * <p>Of each quantity the least of the first third of the rounds is held against the least of the
 * last third: a passing peak is no growth, and what grows by a little every round is far above its
 * beginning by then.
 */
final class Flatness {
  private static final long MIB = 1 << 20;
  private static final int WARM_UP_ROUNDS = 2;

  private final List<Footprint> footprints = new ArrayList<>();

  /** What is done in each round. */
  interface Round {
    void run(int number) throws Exception;
  }

  /** Runs warm-up rounds and {@code rounds} more, and fails if the process grew meanwhile. */
  static void require(int rounds, Round round) throws Exception {
    Flatness flatness = new Flatness();
    for (int i = 0; i < WARM_UP_ROUNDS + rounds; i++) {
      round.run(i);
      if (i >= WARM_UP_ROUNDS) {
        flatness.footprints.add(Footprint.now());
      }
    }
    flatness.require();
  }

  private void require() {
    requireWithin("heap", Footprint::heap, 3 * MIB);
    requireWithin("Netty's direct memory", Footprint::nettyDirect, 4 * MIB);
    requireWithin("direct buffers", Footprint::jdkDirect, 4 * MIB);
    requireWithin("threads", Footprint::threads, 3);
    requireWithin("open files", Footprint::files, 6);
    // malloc's arenas, compiled code and metaspace move it; a leak in native code moves it further
    requireWithin("resident memory", Footprint::resident, 64 * MIB);
  }

  private void requireWithin(String what, ToLongFunction<Footprint> quantity, long allowed) {
    int third = footprints.size() / 3;
    long before = least(footprints.subList(0, third), quantity);
    long after = least(footprints.subList(footprints.size() - third, footprints.size()), quantity);
    assertThat(after - before)
        .as("growth of %s over %d rounds: %s", what, footprints.size(), footprints)
        .isLessThanOrEqualTo(allowed);
  }

  private static long least(List<Footprint> some, ToLongFunction<Footprint> quantity) {
    return some.stream().mapToLong(quantity).min().orElseThrow();
  }
}
