package dev.alts.benchmarks;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One line of the table: a case of ours beside the cases that a user might pick instead, and how
 * far we want to get.
 *
 * @param reach largest ratio to the best competitor that is good enough; 0 where none is set
 * @param note buffer kind, warmth, and whatever else a reader must know
 */
record Row(String title, String ours, List<String> competitors, double reach, String note) {

  /** {@return ours divided by the best competitor's CPU time; empty if either was not measured} */
  Optional<Double> ratio(Map<String, Measurement> measured) {
    Measurement own = measured.get(ours);
    return own == null
        ? Optional.empty()
        : best(measured).map(best -> own.cpuMicros() / best.cpuMicros());
  }

  Optional<Measurement> own(Map<String, Measurement> measured) {
    return Optional.ofNullable(measured.get(ours));
  }

  Optional<Measurement> best(Map<String, Measurement> measured) {
    return competitors.stream()
        .filter(measured::containsKey)
        .map(measured::get)
        .min(Comparator.comparingDouble(Measurement::cpuMicros));
  }

  boolean isReached(double ratio) {
    return reach == 0 || ratio <= reach;
  }
}
