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
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Gathers the figures of {@link PushBench}, and writes them for people and for programs. */
final class PushReport {
  private static final double WANTED_KIB = 96;
  private static final double WANTED_IDLE_PERCENT = 3;
  private static final double WANTED_PUSH_MILLIS = 2_000;
  private static final double WANTED_REVIEW_MILLIS = 60_000;

  private final int agents;
  private final int grants;
  private final List<String> flags;
  private final double loadAtStart = load();
  private final Streams ours = new Streams();
  private final Streams bare = new Streams();
  private final List<Latencies> naming = new ArrayList<>();
  private final List<Latencies> revocations = new ArrayList<>();
  private final List<Latencies> barePushes = new ArrayList<>();
  private final Map<String, Return> returns = new LinkedHashMap<>();
  private @Nullable Reviewed reviewed;
  private Map<String, Long> ended = Map.of();

  /** How all agents came back. */
  private record Return(long millis, Duration cpu) {}

  /**
   * What a change of the rules took.
   *
   * @param judgedMillis until no grant was left that the new version had not judged
   * @param withdrawn when each agent heard that it lost an identity
   * @param before issuance before, at the same rate
   */
  record Reviewed(
      long judgedMillis,
      Duration cpu,
      Duration database,
      Latencies withdrawn,
      Load.Outcome before,
      Load.Outcome during) {}

  PushReport(int agents, int grants, List<String> flags) {
    this.agents = agents;
    this.grants = grants;
    this.flags = List.copyOf(flags);
  }

  /** What open streams cost a server. */
  static final class Streams {
    private int count;
    private double openSeconds;
    private double openCpuMicrosEach;
    private double kibEach;
    private double kibEachAfterCollection;
    private double wholeKibEach;
    private double idlePercent;
    private double idleMessagesPerSecond;

    void opened(int streams, Duration wall, Duration cpu) {
      count = streams;
      openSeconds = wall.toMillis() / 1e3;
      openCpuMicrosEach = cpu.toNanos() / 1e3 / streams;
    }

    void memory(long before, long grown, long collected) {
      kibEach = (grown - before) / 1024.0 / count;
      kibEachAfterCollection = (collected - before) / 1024.0 / count;
      wholeKibEach = Math.max(grown, collected) / 1024.0 / count;
    }

    void idle(Duration cpu, Duration time, long messages) {
      idlePercent = 100.0 * cpu.toMillis() / time.toMillis();
      idleMessagesPerSecond = messages * 1e3 / time.toMillis();
    }

    @Override
    public String toString() {
      return ("opened in %.1f s, %.0f us each; %.1f KiB each, %.1f collected, %.1f with all else;"
              + " idle %.2f %% of a core, %.0f messages/s")
          .formatted(
              openSeconds,
              openCpuMicrosEach,
              kibEach,
              kibEachAfterCollection,
              wholeKibEach,
              idlePercent,
              idleMessagesPerSecond);
    }
  }

  Streams ours() {
    return ours;
  }

  Streams bare() {
    return bare;
  }

  void naming(Latencies latencies) {
    naming.add(latencies);
  }

  void revocation(Latencies latencies) {
    revocations.add(latencies);
  }

  void barePush(Latencies latencies) {
    barePushes.add(latencies);
  }

  void rules(Reviewed figures) {
    reviewed = figures;
  }

  void reconnected(String how, long millis, Duration cpu) {
    returns.put(how, new Return(millis, cpu));
  }

  void bareReconnected(long millis, Duration cpu) {
    returns.put(BARE, new Return(millis, cpu));
  }

  void ended(Map<String, Long> streams) {
    ended = Map.copyOf(streams);
  }

  private static final String BARE = "bare gRPC server, all connections cut at once";

  void write(Path directory) throws IOException {
    Files.createDirectories(directory);
    Files.writeString(directory.resolve("push.md"), markdown());
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("date", LocalDate.now(ZoneOffset.UTC).toString());
    json.put("loadAtStart", loadAtStart);
    json.put("agents", agents);
    json.put("grants", grants);
    json.put("flags", flags);
    json.put("streams", ours);
    json.put("bareStreams", bare);
    json.put("namingMillis", millis(naming));
    json.put("revocationMillis", millis(revocations));
    json.put("bareMillis", millis(barePushes));
    json.put("rules", review());
    Map<String, Object> back = new LinkedHashMap<>();
    returns.forEach(
        (how, one) -> back.put(how, List.of(one.millis() / 1e3, one.cpu().toMillis() / 1e3)));
    json.put("reconnectedSecondsAndCpuSeconds", back);
    json.put("streamsEnded", ended);
    Files.writeString(
        directory.resolve("push.json"),
        new GsonBuilder().setPrettyPrinting().create().toJson(json) + "\n");
  }

  /** {@return p50, p99 and last of each change} */
  private static List<List<Double>> millis(List<Latencies> changes) {
    return changes.stream()
        .map(one -> List.of(one.millis(0.5), one.millis(0.99), one.millis(1)))
        .toList();
  }

  private Map<String, Object> review() {
    Map<String, Object> figures = new LinkedHashMap<>();
    Reviewed review = reviewed;
    if (review != null) {
      figures.put("judgedSeconds", review.judgedMillis() / 1e3);
      figures.put("cpuSeconds", review.cpu().toMillis() / 1e3);
      figures.put("databaseCpuSeconds", review.database().toMillis() / 1e3);
      figures.put("agentsThatHeard", review.withdrawn().count());
      figures.put("withdrawnP99Seconds", review.withdrawn().millis(0.99) / 1e3);
      figures.put("issuedPerSecond", review.during().perSecond());
      figures.put("p99MillisBefore", review.before().latencies().millis(0.99));
      figures.put("p99MillisDuring", review.during().latencies().millis(0.99));
    }
    return figures;
  }

  private String markdown() {
    StringBuilder text = new StringBuilder();
    text.append(
        """
        # Push at scale

        Written by `./alts bench push`; what the figures mean and how they came about:
        [reading.md](reading.md#push). The packaged CA, PostgreSQL and the simulated agents run in
        processes of their own on the machine named here. Each agent is an attested machine that
        holds a watch stream on a TLS 1.3 connection (X25519MLKEM768) of its own. The bare server
        is gRPC-Java with the same TLS and the same number of streams: what no server of this
        kind goes below.

        """);
    text.append(
        "- Date, load average at the start and end: %s, %.1f and %.1f\n"
            .formatted(LocalDate.now(ZoneOffset.UTC), loadAtStart, load()));
    text.append(
        "- CPUs: %d; Java: %s, flags of both servers `%s`\n"
            .formatted(
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("java.vm.version"),
                String.join(" ", flags)));
    text.append("- Agents: %,d; live grants: %,d\n\n".formatted(agents, grants));
    text.append(
        """
        | %,d streams | CA | bare gRPC server | target | reached |
        | --- | --- | --- | --- | --- |
        """
            .formatted(ours.count));
    streams(text);
    pushes(text);
    returns(text);
    rules(text);
    text.append(
        "\nStreams that ended, restart and cut included, by gRPC's code: %s.\n"
            .formatted(PushBench.text(ended)));
    return text.toString();
  }

  private void streams(StringBuilder text) {
    row(text, "memory (RSS) of a stream, KiB", "%.1f", ours.kibEach, bare.kibEach, WANTED_KIB);
    row(
        text,
        "the same, after a full collection",
        "%.1f",
        ours.kibEachAfterCollection,
        bare.kibEachAfterCollection,
        WANTED_KIB);
    row(
        text,
        "all memory of the process by streams, KiB",
        "%.1f",
        ours.wholeKibEach,
        bare.wholeKibEach,
        Double.NaN);
    row(text, "idle, % of a core", "%.2f", ours.idlePercent, bare.idlePercent, WANTED_IDLE_PERCENT);
    row(
        text,
        "messages/s meanwhile",
        "%.0f",
        ours.idleMessagesPerSecond,
        bare.idleMessagesPerSecond,
        Double.NaN);
    row(
        text,
        "CPU to open one, us",
        "%.0f",
        ours.openCpuMicrosEach,
        bare.openCpuMicrosEach,
        Double.NaN);
  }

  private void pushes(StringBuilder text) {
    double floor = worst(barePushes, 0.99);
    row(text, "naming change, p99 ms", "%.0f", worst(naming, 0.99), floor, WANTED_PUSH_MILLIS);
    row(
        text,
        "naming change, last agent, ms",
        "%.0f",
        worst(naming, 1),
        worst(barePushes, 1),
        Double.NaN);
    row(text, "revocation, p99 ms", "%.0f", worst(revocations, 0.99), floor, WANTED_PUSH_MILLIS);
    row(
        text,
        "revocation, last agent, ms",
        "%.0f",
        worst(revocations, 1),
        worst(barePushes, 1),
        Double.NaN);
  }

  /** The worst of several changes. */
  private static double worst(List<Latencies> changes, double part) {
    return changes.stream()
        .map(change -> change.millis(part))
        .max(Comparator.naturalOrder())
        .orElse(Double.NaN);
  }

  private static void row(
      StringBuilder text, String what, String format, double value, double floor, double wanted) {
    boolean target = !Double.isNaN(wanted);
    text.append(
        "| %s | %s | %s | %s | %s |\n"
            .formatted(
                what,
                format.formatted(value),
                format.formatted(floor),
                target ? "%.0f".formatted(wanted) : "",
                !target ? "" : value <= wanted ? "yes" : "no"));
  }

  private void returns(StringBuilder text) {
    text.append(
        """

        | all agents come back | last, s | CPU of the server, s |
        | --- | --- | --- |
        """);
    returns.forEach((how, one) ->
        text.append(
            "| %s | %.1f | %.1f |\n"
                .formatted(how, one.millis() / 1e3, one.cpu().toMillis() / 1e3)));
  }

  private void rules(StringBuilder text) {
    Reviewed review = reviewed;
    if (review == null) {
      return;
    }
    text.append(
        """

        | new rules over %,d live grants | |
        | --- | --- |
        | judged after, s (target: 60) | %.1f |
        | CPU of the CA meanwhile, issuance included, s | %.1f |
        | CPU of PostgreSQL meanwhile, s | %.1f |
        | agents that lost an identity and heard of it | %,d |
        | heard after, p99, s | %.1f |
        | issuance beside it, certificates/s | %.0f |
        | its p99 before and during, ms | %.0f and %.0f |
        """
            .formatted(
                grants,
                review.judgedMillis() / 1e3,
                review.cpu().toMillis() / 1e3,
                review.database().toMillis() / 1e3,
                review.withdrawn().count(),
                review.withdrawn().millis(0.99) / 1e3,
                review.during().perSecond(),
                review.before().latencies().millis(0.99),
                review.during().latencies().millis(0.99)));
    text.append(
        review.judgedMillis() <= WANTED_REVIEW_MILLIS
            ? "\nTarget reached.\n"
            : "\nTarget missed.\n");
  }

  private static double load() {
    return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
  }
}
