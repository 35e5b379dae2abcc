package dev.alts.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Iterations of all rounds, case by case in the order in which they came first. */
final class Samples {
  private final Map<String, Case> cases = new LinkedHashMap<>();

  private static final class Case {
    private final List<Double> cpuMicros = new ArrayList<>();
    private final List<Double> allocatedBytes = new ArrayList<>();
    private final List<Double> perSecond = new ArrayList<>();
  }

  void add(String key, double cpuMicros, double allocatedBytes) {
    Case one = cases.computeIfAbsent(key, _ -> new Case());
    one.cpuMicros.add(cpuMicros);
    one.allocatedBytes.add(allocatedBytes);
  }

  void addThroughput(String key, double cpuMicros, double perSecond) {
    Case one = cases.computeIfAbsent(key, _ -> new Case());
    one.cpuMicros.add(cpuMicros);
    one.perSecond.add(perSecond);
  }

  /** {@return medians by key} */
  Map<String, Measurement> measurements() {
    Map<String, Measurement> measured = new LinkedHashMap<>();
    cases.forEach((key, one) ->
        measured.put(
            key,
            new Measurement(
                key,
                Measurement.median(one.cpuMicros),
                Measurement.spread(one.cpuMicros),
                one.allocatedBytes.isEmpty() ? 0 : Measurement.median(one.allocatedBytes),
                one.perSecond.isEmpty() ? 0 : Measurement.median(one.perSecond))));
    return measured;
  }
}
