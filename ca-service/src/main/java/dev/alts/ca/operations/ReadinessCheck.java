package dev.alts.ca.operations;

import java.util.Optional;
import java.util.function.Supplier;

/**
 * One thing without which this replica should get no calls.
 *
 * @param name in lower case with hyphens
 * @param problem one sentence for the operator, or empty if all is well; answers at once
 */
public record ReadinessCheck(String name, Supplier<Optional<String>> problem) {
  /** {@return one that fails with {@code sentence} unless {@code holds}} */
  public static ReadinessCheck of(String name, Supplier<Boolean> holds, String sentence) {
    return new ReadinessCheck(name, () -> holds.get() ? Optional.empty() : Optional.of(sentence));
  }
}
