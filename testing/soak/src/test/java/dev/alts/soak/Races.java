package dev.alts.soak;

import dev.alts.testing.Suite;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.StressOptions;

/**
 * How hard Lincheck looks. It makes up scenarios of operations on several threads, runs each in
 * many interleavings and fails if the outcome is none that some order of the same operations could
 * have.
 */
public final class Races {
  private static final boolean FULL = Suite.SOAK.runs();

  private Races() {}

  /** Every switch of threads is Lincheck's choice: for code whose own locks are all there is. */
  public static void explore(Class<?> scenario) {
    new ModelCheckingOptions()
        .iterations(FULL ? 30 : 2)
        .invocationsPerIteration(FULL ? 1_000 : 100)
        .threads(2)
        .actorsPerThread(3)
        .check(scenario);
  }

  /** Threads run as the machine lets them: for code that does much between its locks. */
  public static void stress(Class<?> scenario) {
    new StressOptions()
        .iterations(FULL ? 60 : 3)
        .invocationsPerIteration(FULL ? 5_000 : 500)
        .threads(3)
        .actorsPerThread(3)
        .check(scenario);
  }
}
