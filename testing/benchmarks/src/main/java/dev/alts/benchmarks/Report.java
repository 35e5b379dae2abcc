package dev.alts.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Writes the table for people, the chart, and the table for programs. */
final class Report {
  private final Map<String, Measurement> measured;
  private final Environment environment;

  Report(Map<String, Measurement> measured, Environment environment) {
    this.measured = measured;
    this.environment = environment;
  }

  void write(Path directory) throws IOException {
    Files.createDirectories(directory);
    List<Committed.Ratio> ratios = new ArrayList<>();
    for (Row row : Rows.all()) {
      row.ratio(measured).ifPresent(ratio -> ratios.add(Committed.Ratio.of(row, ratio, measured)));
    }
    new Committed(environment, ratios, List.copyOf(measured.values()))
        .write(directory.resolve("transport.json"));
    Files.writeString(directory.resolve("transport.svg"), RatioChart.of(ratios));
    Files.writeString(directory.resolve("transport.md"), markdown());
  }

  private String markdown() {
    StringBuilder text = new StringBuilder();
    text.append(
        """
        # ALTS beside TLS and grpc-alts

        Written by `./alts bench transport`; `./alts bench --check` compares a new short run with it.
        What the numbers say, and why some are what they are: [reading.md](reading.md).

        Metric, where a row does not say another: CPU time of the thread that does the work per
        operation, median of the iterations of all rounds; compiler and collector threads are left
        out. gRPC: operations per second by the clock, and CPU time of the whole process. A ratio
        is ours divided by the best competitor's: of CPU time and garbage less is better, of
        throughput more. Read differences under 15 % as ties.

        ![ratios](transport.svg)

        """);
    line(text, "Machine", environment.machine());
    line(text, "Java", environment.java());
    line(text, "Flags", "`" + environment.flags() + "`");
    line(text, "Providers", environment.providers());
    line(
        text,
        "Run",
        "%s, %d rounds of a process for each case, load average %s at the end, %d s"
            .formatted(
                environment.date(),
                environment.rounds(),
                environment.load(),
                environment.seconds()));
    text.append(
        """

        | row | ours | competitors | ratio to the best | target | reached | how |
        | --- | --- | --- | --- | --- | --- | --- |
        """);
    for (Row row : Rows.all()) {
      Optional<Double> ratio = row.ratio(measured);
      if (ratio.isPresent()) {
        text.append(line(row, ratio.get()));
      }
    }
    text.append(
        """

        ## Every case

        Spread is largest minus smallest iteration, as part of the median. Allocation is what the
        thread allocated on the heap. Per second: gRPC by the clock, all else one core's CPU time.

        | case | us of CPU | spread | allocated, B | per second |
        | --- | --- | --- | --- | --- |
        """);
    for (Measurement measurement : measured.values()) {
      boolean derived = measurement.key().equals(Derived.GARBAGE);
      text.append(
          "| %s | %s | %.0f %% | %s | %,.0f |\n"
              .formatted(
                  measurement.key().replace("|", ", "),
                  derived ? "" : number(measurement.cpuMicros()),
                  100 * measurement.spread(),
                  measurement.perSecond() > 0
                      ? ""
                      : "%,.0f".formatted(measurement.allocatedBytes()),
                  measurement.perSecond() > 0
                      ? measurement.perSecond()
                      : 1e6 / measurement.cpuMicros()));
    }
    return text.toString();
  }

  private static void line(StringBuilder text, String what, String value) {
    text.append("- ").append(what).append(": ").append(value).append('\n');
  }

  private String line(Row row, double ratio) {
    String competitors =
        row.competitors().stream()
            .flatMap(key -> Stream.ofNullable(measured.get(key)))
            .map(one -> "%s %s".formatted(name(one.key()), row.quantity().text(one)))
            .collect(Collectors.joining("; "));
    return "| %s | %s | %s | **%.2f** | %s | %s | %s |\n"
        .formatted(
            row.title(),
            row.own(measured).map(row.quantity()::text).orElse(""),
            competitors,
            ratio,
            row.target().text(row.quantity()),
            row.isReached(measured).map(reached -> reached ? "yes" : "no").orElse(""),
            row.note());
  }

  /** {@return who it is, of a case's key} */
  private static String name(String key) {
    for (String part : key.split("\\|")) {
      if (part.startsWith("contender=")
          || part.startsWith("protocol=")
          || part.startsWith("server=")
          || part.startsWith("sum=")) {
        return part.substring(part.indexOf('=') + 1).toLowerCase(Locale.ROOT);
      }
    }
    return key.substring(key.lastIndexOf('|') + 1).toLowerCase(Locale.ROOT);
  }

  private static String number(double value) {
    return value < 10 ? "%.2f".formatted(value) : "%.0f".formatted(value);
  }
}
