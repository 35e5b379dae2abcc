package dev.alts.benchmarks;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One line of the table: a case of ours beside the cases that a user might pick instead, and how
 * far we want to get.
 *
 * @param note buffer kind, warmth, and whatever else a reader must know
 */
record Row(
    String title,
    Quantity quantity,
    String ours,
    List<String> competitors,
    Target target,
    String note) {

  static Row ofCpu(String title, String ours, List<String> competitors, double reach, String note) {
    return new Row(title, Quantity.CPU_MICROS, ours, competitors, Target.ratio(reach), note);
  }

  /** {@return ours divided by the best competitor's; empty if either was not measured} */
  Optional<Double> ratio(Map<String, Measurement> measured) {
    return own(measured)
        .flatMap(own -> best(measured).map(best -> quantity.of(own) / quantity.of(best)));
  }

  Optional<Measurement> own(Map<String, Measurement> measured) {
    return Optional.ofNullable(measured.get(ours));
  }

  private Optional<Measurement> best(Map<String, Measurement> measured) {
    Comparator<Measurement> better = Comparator.comparingDouble(quantity::of);
    return competitors.stream()
        .filter(measured::containsKey)
        .map(measured::get)
        .min(quantity.isLessBetter() ? better : better.reversed());
  }

  /** {@return whether the target is reached; empty where there is none} */
  Optional<Boolean> isReached(Map<String, Measurement> measured) {
    if (!target.isSet()) {
      return Optional.empty();
    }
    return ratio(measured)
        .map(ratio -> target.isReached(quantity, ratio, quantity.of(own(measured).orElseThrow())));
  }
}
