package dev.alts.benchmarks;

import java.util.Locale;

/** What of a case is compared, and which way is better. */
enum Quantity {
  CPU_MICROS("us", true),
  PER_SECOND("/s", false),
  ALLOCATED_BYTES("B", true);

  private final String unit;
  private final boolean lessBetter;

  Quantity(String unit, boolean lessBetter) {
    this.unit = unit;
    this.lessBetter = lessBetter;
  }

  double of(Measurement measurement) {
    return switch (this) {
      case CPU_MICROS -> measurement.cpuMicros();
      case PER_SECOND -> measurement.perSecond();
      case ALLOCATED_BYTES -> measurement.allocatedBytes();
    };
  }

  boolean isLessBetter() {
    return lessBetter;
  }

  /** {@return the value as the table writes it} */
  String text(Measurement measurement) {
    double number = of(measurement);
    return String.format(Locale.ROOT, number < 10 ? "%.2f" : "%,.0f", number) + " " + unit;
  }
}
