package dev.alts.benchmarks.ca;

import dev.alts.api.machine.v1.CertificateUse;
import dev.alts.identity.Bytes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Measures the CA and whoever can be had beside it; writes docs/benchmarks/ca.md and ca.json. */
public final class CaBench {
  private static final String DATABASE = "ca";
  private static final int MANY_ROWS = Integer.getInteger("alts.bench.rows", 1_000_000);

  /** Enough for 8,000 certificates a second: the CA gives each machine 600 a minute. */
  private static final int MACHINES = Integer.getInteger("alts.bench.machines", 800);

  private static final int STARTS = Integer.getInteger("alts.bench.starts", 3);
  private static final Duration TIME = seconds("alts.bench.seconds", 15);
  private static final Duration WARM_UP = seconds("alts.bench.warm-up-seconds", 30);

  /** What is measured, for somebody who looks at one thing; the table wants all. */
  private static final Set<String> PARTS =
      Set.of(System.getProperty("alts.bench.parts", "load,rows,step-ca").split(",", -1));

  /** Certificates that are asked for in one call, and calls in flight. */
  private static final List<int[]> SHAPES =
      Stream.of(System.getProperty("alts.bench.shapes", "50x20,10x100,1x200").split(",", -1))
          .map(shape -> Stream.of(shape.split("x", 2)).mapToInt(Integer::parseInt).toArray())
          .toList();

  private final Path work;
  private final PostgresServer postgres;
  private final CaServer.Setup setup;
  private final List<Measured> rows = new ArrayList<>();
  private final List<Started> starts = new ArrayList<>();

  private CaBench(Path root, Path work, PostgresServer postgres) {
    this.work = work;
    this.postgres = postgres;
    this.setup =
        new CaServer.Setup(
            root.resolve("ca-service/target/alts-ca-service.jar"),
            work,
            postgres,
            DATABASE,
            List.of(
                "-XX:+UseParallelGC", "-Xms1g", "-Xmx1g", "--sun-misc-unsafe-memory-access=allow"),
            0);
  }

  /** A start of the CA, from the process to a CA that answers on all its ports. */
  record Started(String what, Duration wall, Duration cpu) {}

  /** Arguments: root of the repository, working directory, directory for the report. */
  public static void main(String[] arguments) throws Exception {
    Path work = Path.of(arguments[1]);
    Files.createDirectories(work);
    try (PostgresServer postgres =
        PostgresServer.start(work.resolve("postgres"), work.resolve("binaries"))) {
      new CaBench(Path.of(arguments[0]), work, postgres).run(Path.of(arguments[2]));
    }
  }

  private void run(Path reports) throws Exception {
    postgres.create(DATABASE);
    Path cache = work.resolve("ca.aot");
    List<String> training = new ArrayList<>(setup.flags());
    training.add("-XX:AOTCacheOutput=" + cache);
    start("first start: tables and keys are made, AOT cache written at the end", training).close();
    Preparation.rule(postgres, DATABASE);
    List<String> cached = new ArrayList<>(setup.flags());
    cached.add("-XX:AOTCache=" + cache);
    for (int i = 0; i < STARTS; i++) {
      startFilled("AOT cache", cached);
    }
    startFilled("no AOT cache", setup.flags());
    CryptoFloor floor = CryptoFloor.measure();
    long acknowledged;
    try (CaServer ca = CaServer.start(setup.with(loaded(cached)))) {
      acknowledged = PARTS.contains("load") ? load(ca) : 0;
    }
    long recorded = postgres.count(DATABASE, "select count(*) from certificate");
    if (PARTS.contains("rows")) {
      Preparation.certificates(postgres, DATABASE, MANY_ROWS);
      for (int i = 0; i < STARTS; i++) {
        startFilled("AOT cache", cached);
      }
    }
    @Nullable Path stepCa = PARTS.contains("step-ca") ? program("step-ca") : null;
    if (stepCa != null) {
      try {
        rows.add(new StepCaLoad(stepCa, work.resolve("step-ca"), postgres).run(TIME));
      } catch (IllegalStateException e) {
        // ours are measured; the report says that the other one is not there
        System.err.println("step-ca is left out: " + e.getMessage());
      }
    }
    CaReport report =
        new CaReport(
            new CaReport.Circumstances(
                postgres.settings(), setup.flags(), MACHINES, acknowledged, recorded),
            floor,
            rows,
            starts);
    report.write(reports);
  }

  private static @Nullable Path program(String name) {
    Path program = Path.of(System.getProperty("alts.bench.peers", "/nowhere"), name);
    return Files.isExecutable(program) ? program : null;
  }

  /** Starts it and stops it; each start records a certificate of the CA's own endpoint. */
  private void startFilled(String what, List<String> flags) throws Exception {
    long rows = postgres.count(DATABASE, "select count(*) from certificate");
    start("%s, rows of certificates: %,d".formatted(what, rows), flags).close();
  }

  private CaServer start(String what, List<String> flags) throws Exception {
    CaServer ca = CaServer.start(setup.with(flags));
    starts.add(new Started(what, ca.startWall(), ca.startCpu()));
    System.err.printf("%s: %s%n", what, ca.startWall());
    return ca;
  }

  /** {@return how many certificates were acknowledged to machines for their processes} */
  private long load(CaServer ca) throws Exception {
    List<Bytes> tokens = Preparation.tokens(postgres, DATABASE, MACHINES);
    try (Fleet fleet = Fleet.attest(ca, tokens)) {
      PublicKeys keys = PublicKeys.prepare(Integer.getInteger("alts.bench.keys", 300_000));
      Load load = new Load(fleet.channels(), new Requests(keys, CertificateUse.MASTER));
      long before = load.saturate(WARM_UP, 10, 100).issued();
      for (int[] shape : SHAPES) {
        int items = shape[0];
        int open = shape[1];
        Measured full =
            measure(
                "full load, %d a call, %d calls in flight".formatted(items, open),
                ca,
                () -> load.saturate(TIME, items, open));
        double half = full.perSecond() / 2;
        measure("half load, %d a call".formatted(items), ca, () -> load.pace(TIME, items, half));
      }
      return before + rows.stream().mapToLong(Measured::issued).sum();
    }
  }

  /** With what somebody adds who looks into the CA under load, such as a flight recording. */
  private static List<String> loaded(List<String> flags) {
    List<String> all = new ArrayList<>(flags);
    String more = System.getProperty("alts.bench.ca-flags", "");
    if (!more.isEmpty()) {
      all.addAll(List.of(more.split(" ", -1)));
    }
    return all;
  }

  private interface Step {
    Load.Outcome run() throws InterruptedException;
  }

  private Measured measure(String what, CaServer ca, Step step) throws InterruptedException {
    long self = ProcessHandle.current().pid();
    Duration caBefore = ca.cpuTime();
    Duration databaseBefore = postgres.cpuTime();
    Duration loadBefore = CpuTime.of(self);
    Load.Outcome outcome = step.run();
    Measured measured =
        Measured.of(
            what,
            outcome,
            ca.cpuTime().minus(caBefore),
            postgres.cpuTime().minus(databaseBefore),
            CpuTime.of(self).minus(loadBefore));
    rows.add(measured);
    System.err.println(measured);
    return measured;
  }

  private static Duration seconds(String property, int standard) {
    return Duration.ofSeconds(Integer.getInteger(property, standard));
  }
}
