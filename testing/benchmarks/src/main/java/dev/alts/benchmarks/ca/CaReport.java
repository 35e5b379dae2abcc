package dev.alts.benchmarks.ca;

import com.google.gson.GsonBuilder;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes the table for people and the one for programs. */
final class CaReport {
  private static final double WANTED_PER_SECOND = 5_000;
  private static final double WANTED_RATIO = 3;
  private static final double WANTED_P99_MILLIS = 50;
  private static final Duration WANTED_START = Duration.ofSeconds(8);

  private final Circumstances circumstances;
  private final CryptoFloor floor;
  private final List<Measured> rows;
  private final List<CaBench.Started> starts;

  /**
   * Under which the rows were measured.
   *
   * @param acknowledged certificates that machines were answered with
   * @param recorded rows of certificates afterwards, those of machines and of the CA included
   */
  record Circumstances(
      Map<String, String> database,
      List<String> flags,
      int machines,
      long acknowledged,
      long recorded) {
    Circumstances {
      database = new LinkedHashMap<>(database);
      flags = List.copyOf(flags);
    }
  }

  CaReport(
      Circumstances circumstances,
      CryptoFloor floor,
      List<Measured> rows,
      List<CaBench.Started> starts) {
    this.circumstances = circumstances;
    this.floor = floor;
    this.rows = List.copyOf(rows);
    this.starts = List.copyOf(starts);
  }

  void write(Path directory) throws IOException {
    Files.createDirectories(directory);
    Files.writeString(directory.resolve("ca.md"), markdown());
    Files.writeString(directory.resolve("ca.svg"), CaChart.of(floor, rows));
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("date", LocalDate.now(ZoneOffset.UTC).toString());
    json.put("load", loadAverage());
    json.put("circumstances", circumstances);
    json.put("floor", floor);
    json.put("rows", rows);
    List<Map<String, Object>> started = new ArrayList<>();
    for (CaBench.Started start : starts) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("what", start.what());
      one.put("wallMillis", start.wall().toMillis());
      one.put("cpuMillis", start.cpu().toMillis());
      started.add(one);
    }
    json.put("starts", started);
    Files.writeString(
        directory.resolve("ca.json"),
        new GsonBuilder().setPrettyPrinting().create().toJson(json) + "\n");
  }

  private String markdown() {
    StringBuilder text = new StringBuilder();
    text.append(
        """
        # The CA under load

        Written by `./alts bench ca`; what the figures mean and how they came about:
        [reading.md](reading.md#the-ca). Everything runs on the machine named here: the packaged CA,
        PostgreSQL and the load generator, each in a process of its own. Each certificate is for a
        fresh P-256 key, is asked for by an attested machine over its own TLS 1.3 connection
        (X25519MLKEM768), and is recorded durably before the reply. The first 300,000 keys are made
        beforehand, all others by the load generator while it asks, as agents would.

        ![CPU time of one certificate](ca.svg)

        """);
    text.append("- Date and load average: ")
        .append(LocalDate.now(ZoneOffset.UTC))
        .append(", ")
        .append(loadAverage())
        .append('\n');
    text.append("- CPUs: ").append(Runtime.getRuntime().availableProcessors()).append('\n');
    text.append("- Java: ")
        .append(System.getProperty("java.vm.version"))
        .append(", flags of the CA `")
        .append(String.join(" ", circumstances.flags()))
        .append("`\n");
    text.append("- Signature provider: ").append(floor.provider()).append('\n');
    text.append("- PostgreSQL: ");
    circumstances
        .database()
        .forEach((name, value) -> text.append(name).append(" = ").append(value).append("; "));
    text.append("\n- Machines: ").append(circumstances.machines()).append('\n');
    text.append(
        "- Acknowledged to them: %,d certificates; recorded: %,d (their own and the CA's included)\n"
            .formatted(circumstances.acknowledged(), circumstances.recorded()));
    appendLoad(text);
    appendFloor(text);
    appendStarts(text);
    appendMissing(text);
    return text.toString();
  }

  private void appendLoad(StringBuilder text) {
    text.append(
        """

        | | certificates/s | p50, ms | p99, ms | CA, us of CPU each | PostgreSQL | load generator |
        | --- | --- | --- | --- | --- | --- | --- |
        """);
    for (Measured row : rows) {
      text.append(
          "| %s | %,.0f | %.1f | %.1f | %.0f | %.0f | %.0f |\n"
              .formatted(
                  row.what(),
                  row.perSecond(),
                  row.p50Millis(),
                  row.p99Millis(),
                  row.caMicros(),
                  row.databaseMicros(),
                  row.loadMicros()));
    }
  }

  private void appendFloor(StringBuilder text) {
    double best = ours("full").stream().mapToDouble(Measured::perSecond).max().orElse(0);
    double least = ours("full").stream().mapToDouble(Measured::caMicros).min().orElse(0);
    double p99 = ours("half").stream().mapToDouble(Measured::p99Millis).max().orElse(0);
    text.append(
        """

        The cryptography of one certificate, measured in the same run: signature %.1f us, the
        verification that step 7 of issuance.md asks for %.1f us, together %.1f us.

        | target | reached | |
        | --- | --- | --- |
        """
            .formatted(floor.signMicros(), floor.verifyMicros(), floor.micros()));
    target(text, "at least 5,000/s", "%,.0f/s".formatted(best), best >= WANTED_PER_SECOND);
    target(
        text,
        "CA at most 3 times its cryptography (signature and verification)",
        "%.1f".formatted(least / floor.micros()),
        least <= WANTED_RATIO * floor.micros());
    target(
        text,
        "the same, of the signature alone",
        "%.1f".formatted(least / floor.signMicros()),
        least <= WANTED_RATIO * floor.signMicros());
    target(
        text,
        "p99 below 50 ms at half load",
        "%.0f ms".formatted(p99),
        p99 > 0 && p99 < WANTED_P99_MILLIS);
  }

  private List<Measured> ours(String load) {
    return rows.stream().filter(row -> row.what().startsWith(load)).toList();
  }

  private static void target(StringBuilder text, String wanted, String reached, boolean yes) {
    text.append("| %s | %s | %s |\n".formatted(wanted, reached, yes ? "yes" : "no"));
  }

  private void appendStarts(StringBuilder text) {
    text.append(
        """

        | start, from the process to a CA that answers on all ports | wall, s | CPU, s | below 8 s |
        | --- | --- | --- | --- |
        """);
    for (CaBench.Started start : starts) {
      text.append(
          "| %s | %.1f | %.1f | %s |\n"
              .formatted(
                  start.what(),
                  start.wall().toMillis() / 1e3,
                  start.cpu().toMillis() / 1e3,
                  start.wall().compareTo(WANTED_START) < 0 ? "yes" : "no"));
    }
  }

  private void appendMissing(StringBuilder text) {
    text.append("\nNot beside it: SPIRE, whose module could not be had from the package registry");
    boolean stepCa = rows.stream().anyMatch(row -> row.what().startsWith("step-ca"));
    text.append(stepCa ? ".\n" : "; step-ca, which could not be built or did not answer here.\n");
  }

  private static String loadAverage() {
    return "%.1f".formatted(ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
  }
}
