package dev.alts.benchmarks;

import java.util.Comparator;
import java.util.List;

/**
 * One measured case.
 *
 * @param key benchmark and parameters
 * @param cpuMicros CPU time per operation, median of the iterations
 * @param spread largest minus smallest iteration, as a fraction of the median
 * @param allocatedBytes per operation; 0 where it was not taken
 * @param perSecond throughput by the clock; 0 where it was not taken
 */
record Measurement(
    String key, double cpuMicros, double spread, double allocatedBytes, double perSecond) {

  static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted(Comparator.naturalOrder()).toList();
    int half = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(half)
        : (sorted.get(half - 1) + sorted.get(half)) / 2;
  }

  static double spread(List<Double> values) {
    double least = values.stream().mapToDouble(Double::doubleValue).min().orElse(0);
    double most = values.stream().mapToDouble(Double::doubleValue).max().orElse(0);
    return (most - least) / median(values);
  }
}
