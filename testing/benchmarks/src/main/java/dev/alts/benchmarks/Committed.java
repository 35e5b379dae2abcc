package dev.alts.benchmarks;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The machine-readable table: ratios to compare with, and what they came from. */
record Committed(Environment environment, List<Ratio> ratios, List<Measurement> measurements) {
  /** Ratios of a short run repeat within about this; anything beyond has moved. */
  private static final double TOLERANCE = 0.25;

  /** Of whole processes, by the clock and in CPU time: both feel every neighbour. */
  private static final double TOLERANCE_OF_PROCESSES = 0.5;

  private static final Gson GSON = new GsonBuilder().setPrettyPrinting().create();

  /**
   * One row's result.
   *
   * @param reach the ratio that is wanted; 0: none, or another quantity's
   * @param lessBetter whether a smaller ratio is better
   */
  record Ratio(String title, double ratio, double reach, boolean lessBetter, boolean missed) {
    static Ratio of(Row row, double ratio, Map<String, Measurement> measured) {
      return new Ratio(
          row.title(),
          ratio,
          row.target().absolute() ? 0 : row.target().limit(),
          row.quantity().isLessBetter(),
          !row.isReached(measured).orElse(true));
    }
  }

  static Committed read(Path file) throws IOException {
    return GSON.fromJson(Files.readString(file), Committed.class);
  }

  void write(Path file) throws IOException {
    Files.writeString(file, GSON.toJson(this) + "\n");
  }

  /** {@return whether nothing has become slower than the table says, beyond tolerance} */
  boolean compare(Map<String, Measurement> measured, PrintStream out) {
    boolean good = true;
    for (Row row : Rows.all()) {
      Optional<Double> now = row.ratio(measured);
      Optional<Double> then =
          ratios.stream()
              .filter(ratio -> ratio.title().equals(row.title()))
              .findFirst()
              .map(Ratio::ratio);
      if (now.isEmpty() || then.isEmpty()) {
        out.printf("new or missing  %s%n", row.title());
        continue;
      }
      double change = now.get() / then.get() - 1;
      double tolerance = GrpcRows.contain(row) ? TOLERANCE_OF_PROCESSES : TOLERANCE;
      if (Math.abs(change) > tolerance) {
        boolean worse = row.quantity().isLessBetter() ? change > 0 : change < 0;
        good &= !worse;
        out.printf(
            "%s  %s: %.2f, was %.2f%n",
            worse ? "worse " : "better", row.title(), now.get(), then.get());
      }
    }
    out.printf(
        "%s: tolerance %.0f %%, gRPC %.0f %%%n",
        good ? "nothing is worse than committed" : "worse than committed",
        100 * TOLERANCE,
        100 * TOLERANCE_OF_PROCESSES);
    return good;
  }
}
