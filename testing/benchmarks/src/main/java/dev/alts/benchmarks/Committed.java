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

  private static final Gson GSON = new GsonBuilder().setPrettyPrinting().create();

  /** One row's result. */
  record Ratio(String title, double ratio, double reach) {}

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
      if (Math.abs(change) > TOLERANCE) {
        good &= change < 0;
        out.printf(
            "%s  %s: %.2f, was %.2f%n",
            change > 0 ? "slower" : "faster", row.title(), now.get(), then.get());
      }
    }
    out.printf("%s: tolerance %.0f %%%n", good ? "as committed" : "moved", 100 * TOLERANCE);
    return good;
  }
}
