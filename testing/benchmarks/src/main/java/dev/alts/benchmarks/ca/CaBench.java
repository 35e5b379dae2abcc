package dev.alts.benchmarks.ca;

import dev.alts.api.machine.v1.CertificateUse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Runs everything and writes docs/benchmarks/ca.md and ca.json. */
public final class CaBench {
  private static final String DATABASE = "ca";

  private CaBench() {}

  /** Arguments: root of the repository, working directory. */
  public static void main(String[] arguments) throws Exception {
    Path root = Path.of(arguments[0]);
    Path work = Path.of(arguments[1]);
    int machines = Integer.getInteger("alts.bench.machines", 500);
    Duration time = Duration.ofSeconds(Integer.getInteger("alts.bench.seconds", 20));
    Files.createDirectories(work);
    try (PostgresServer postgres =
        PostgresServer.start(work.resolve("postgres"), work.resolve("binaries"))) {
      postgres.create(DATABASE);
      CaServer.Setup setup =
          new CaServer.Setup(
              root.resolve("ca-service/target/alts-ca-service.jar"),
              work,
              postgres,
              DATABASE,
              flags());
      try (CaServer first = CaServer.start(setup)) {
        System.err.printf("first start %s, CPU %s%n", first.startWall(), first.startCpu());
      }
      Preparation.rule(postgres, DATABASE);
      try (CaServer ca = CaServer.start(setup)) {
        System.err.printf("second start %s, CPU %s%n", ca.startWall(), ca.startCpu());
        long began = System.nanoTime();
        try (Fleet fleet = Fleet.attest(ca, Preparation.tokens(postgres, DATABASE, machines))) {
          System.err.printf(
              "%d machines attested in %d ms%n", machines, (System.nanoTime() - began) / 1_000_000);
          PublicKeys keys = PublicKeys.prepare(Integer.getInteger("alts.bench.keys", 200_000));
          Load load = new Load(fleet.channels(), new Requests(keys, CertificateUse.MASTER));
          System.err.printf(
              "warm-up %s%n", measure(ca, postgres, () -> load.saturate(time, 10, 128)));
          for (int items : List.of(1, 10)) {
            Measured measured = measure(ca, postgres, () -> load.saturate(time, items, 128));
            System.err.printf("items %d: %s%n", items, measured);
            double half = measured.outcome().perSecond() / 2;
            System.err.printf(
                "half %d: %s%n",
                items, measure(ca, postgres, () -> load.pace(time.dividedBy(2), items, half)));
          }
          CryptoFloor floor = CryptoFloor.measure();
          System.err.println(floor);
          System.err.println(postgres.settings());
        }
      }
    }
  }

  private static List<String> flags() {
    List<String> flags =
        new ArrayList<>(
            List.of(
                "-XX:+UseParallelGC", "-Xms1g", "-Xmx1g", "--sun-misc-unsafe-memory-access=allow"));
    String more = System.getProperty("alts.bench.ca-flags", "");
    if (!more.isEmpty()) {
      flags.addAll(List.of(more.split(" ")));
    }
    return flags;
  }

  private interface Step {
    Load.Outcome run() throws InterruptedException;
  }

  /** An outcome with what it cost each process, in microseconds of CPU for each certificate. */
  record Measured(Load.Outcome outcome, double caMicros, double databaseMicros, double loadMicros) {
    @Override
    public String toString() {
      return "%.0f/s, CPU us each: ca %.0f, postgresql %.0f, load %.0f; p50 %.1f ms, p99 %.1f ms"
          .formatted(
              outcome.perSecond(),
              caMicros,
              databaseMicros,
              loadMicros,
              outcome.latencies().millis(0.5),
              outcome.latencies().millis(0.99));
    }
  }

  private static Measured measure(CaServer ca, PostgresServer postgres, Step step)
      throws InterruptedException {
    long self = ProcessHandle.current().pid();
    Duration caBefore = ca.cpuTime();
    Duration databaseBefore = postgres.cpuTime();
    Duration loadBefore = CpuTime.of(self);
    Load.Outcome outcome = step.run();
    return new Measured(
        outcome,
        each(ca.cpuTime().minus(caBefore), outcome),
        each(postgres.cpuTime().minus(databaseBefore), outcome),
        each(CpuTime.of(self).minus(loadBefore), outcome));
  }

  private static double each(Duration cpu, Load.Outcome outcome) {
    return cpu.toNanos() / 1e3 / outcome.issued();
  }
}
