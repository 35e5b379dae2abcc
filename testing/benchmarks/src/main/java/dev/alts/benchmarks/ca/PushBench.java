package dev.alts.benchmarks.ca;

import dev.alts.api.machine.v1.CertificateUse;
import dev.alts.api.machine.v1.Topic;
import dev.alts.identity.Bytes;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * Measures the CA with many agents that hold watch streams, and a bare gRPC server beside it;
 * writes docs/benchmarks/push.md and push.json. The agents are simulated in this process, the CA,
 * PostgreSQL and the bare server run in processes of their own.
 */
public final class PushBench {
  private static final String DATABASE = "ca";
  private static final int AGENTS = Integer.getInteger("alts.bench.agents", 10_000);
  private static final int GRANTS_EACH = Integer.getInteger("alts.bench.grants-each", 50);
  private static final Duration IDLE = seconds("alts.bench.idle-seconds", 60);
  private static final Duration LOAD = seconds("alts.bench.seconds", 15);
  private static final int CHANGES = Integer.getInteger("alts.bench.changes", 5);
  private static final int OPENING = 200;
  private static final int SETTLE_MILLIS = 5_000;
  private static final int PUSH_BYTES = 600;
  private static final double ISSUED_PER_SECOND = 300;

  private final Path root;
  private final Path work;
  private final PostgresServer postgres;
  private final CaServer.Setup setup;
  private final PushReport report;

  private PushBench(Path root, Path work, PostgresServer postgres) throws Exception {
    this.root = root;
    this.work = work;
    this.postgres = postgres;
    List<String> flags =
        List.of(
            System.getProperty(
                    "alts.bench.ca-flags",
                    "-XX:+UseParallelGC -Xmx2g --sun-misc-unsafe-memory-access=allow")
                .split(" ", -1));
    this.setup =
        new CaServer.Setup(
            root.resolve("ca-service/target/alts-ca-service.jar"),
            work,
            postgres,
            DATABASE,
            flags,
            freePort());
    this.report = new PushReport(AGENTS, AGENTS * GRANTS_EACH, flags);
  }

  /** The agents come back to the same address. */
  private static int freePort() throws Exception {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** Arguments: root of the repository, working directory, directory for the report. */
  public static void main(String[] arguments) throws Exception {
    Path work = Path.of(arguments[1]);
    Files.createDirectories(work);
    try (PostgresServer postgres =
        PostgresServer.start(work.resolve("postgres"), work.resolve("binaries"))) {
      new PushBench(Path.of(arguments[0]), work, postgres).run(Path.of(arguments[2]));
    }
  }

  private void run(Path reports) throws Exception {
    postgres.create(DATABASE);
    CaServer.start(setup).close();
    Preparation.rule(postgres, DATABASE);
    List<Bytes> tokens = Preparation.tokens(postgres, DATABASE, AGENTS);
    CaServer ca = CaServer.start(setup);
    try {
      say("%d machines attest", AGENTS);
      try (Fleet fleet = Fleet.attest(ca, tokens)) {
        try (WatchingAgents agents = new WatchingAgents(fleet.channels())) {
          AdminCommands admin =
              AdminCommands.enrol(
                  root.resolve("alts-cli/target/altsctl.jar"), work.resolve("admin"), ca);
          streams(ca.pid(), agents, report.ours());
          changes(agents, admin);
          reconnect(ca, agents);
          rules(ca, fleet, agents, admin);
          ca = restart(ca, agents);
          report.ended(agents.ended());
        }
        bare(fleet);
      }
      report.write(reports);
    } finally {
      ca.close();
    }
  }

  /** What streams cost that have nothing to say. */
  private static void streams(long server, WatchingAgents agents, PushReport.Streams figures)
      throws Exception {
    ProcessMemory.collect(server);
    Thread.sleep(SETTLE_MILLIS);
    long before = ProcessMemory.residentBytes(server);
    Duration cpuBefore = CpuTime.of(server);
    long began = System.nanoTime();
    agents.open(OPENING);
    figures.opened(
        agents.count(),
        Duration.ofNanos(System.nanoTime() - began),
        CpuTime.of(server).minus(cpuBefore));
    Thread.sleep(SETTLE_MILLIS);
    long grown = ProcessMemory.residentBytes(server);
    ProcessMemory.collect(server);
    Thread.sleep(SETTLE_MILLIS);
    figures.memory(before, grown, ProcessMemory.residentBytes(server));
    say("%s", figures);
    cpuBefore = CpuTime.of(server);
    long messagesBefore = agents.messages();
    Thread.sleep(IDLE);
    figures.idle(CpuTime.of(server).minus(cpuBefore), IDLE, agents.messages() - messagesBefore);
    say("%s", figures);
  }

  private void changes(WatchingAgents agents, AdminCommands admin) throws Exception {
    for (int i = 0; i < CHANGES; i++) {
      Path file =
          Files.writeString(
              work.resolve("naming.yaml"),
              """
              mode: trust-domain
              entries:
                - target: payments-%d.example:443
                  identities: [spiffe://bench.alts/bench/payments]
              """
                  .formatted(i));
      admin.run("", "naming", "apply", "--file=" + file, "--reason=bench");
      report.naming(reached(agents, Topic.NAMING_POLICY));
      admin.run("", "revoke", "--identity=spiffe://bench.alts/bench/leaked-" + i, "--reason=bench");
      report.revocation(reached(agents, Topic.REVOCATION_LIST));
    }
  }

  /** A moment on the database's clock, which is this machine's. */
  private record Published(long sequence, long millis) {}

  private Published latest(Topic topic) throws SQLException {
    try (Connection connection = postgres.connect(DATABASE);
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "select sequence, extract(epoch from published_at) * 1000 from watch_event where"
                    + " scope = '' and topic = "
                    + topic.getNumber()
                    + " order by sequence desc limit 1")) {
      row.next();
      return new Published(row.getLong(1), (long) row.getDouble(2));
    }
  }

  private Latencies reached(WatchingAgents agents, Topic topic) throws Exception {
    Published change = latest(topic);
    Latencies latencies = agents.latencies(topic, change.sequence(), change.millis());
    say(
        "%s reached %d: p50 %.0f ms, p99 %.0f ms, last %.0f ms",
        topic,
        latencies.count(),
        latencies.millis(0.5),
        latencies.millis(0.99),
        latencies.millis(1));
    return latencies;
  }

  /** A new version of the rules takes one process of each machine its identity. */
  private void rules(CaServer ca, Fleet fleet, WatchingAgents agents, AdminCommands admin)
      throws Exception {
    Preparation.grants(postgres, DATABASE, AGENTS, GRANTS_EACH);
    PublicKeys keys = PublicKeys.prepare(1);
    Load load = new Load(fleet.channels(), new Requests(keys, CertificateUse.MASTER));
    var _ = load.pace(LOAD, 10, ISSUED_PER_SECOND);
    Load.Outcome quiet = load.pace(LOAD, 10, ISSUED_PER_SECOND);
    Path file =
        Files.writeString(
            work.resolve("rules.yaml"),
            """
            rules:
              - name: web
                when: >-
                  machine.labels.env == "bench" && workload.unix.uid >= 1000
                  && workload.unix.uid < %d
                identity: /bench/{machine.name}/{workload.unix.uid}
                ttl: 1h
                priority: 10
            """
                .formatted(Preparation.FIRST_UID + GRANTS_EACH - 1));
    Duration cpuBefore = ca.cpuTime();
    Duration databaseBefore = postgres.cpuTime();
    CompletableFuture<Load.Outcome> during = new CompletableFuture<>();
    Thread.ofPlatform()
        .daemon()
        .start(() -> {
          try {
            during.complete(load.pace(LOAD.multipliedBy(2), 10, ISSUED_PER_SECOND));
          } catch (InterruptedException | RuntimeException e) {
            during.completeExceptionally(e);
          }
        });
    // Each machine loses one: far more than a change may withdraw unless that is said.
    admin.run(
        "", "rule", "apply", "--file=" + file, "--reason=bench", "--allow-withdrawals=" + AGENTS);
    long appliedAt = latest(Topic.RULES).millis();
    String unjudged =
        "select count(*) from (select from live_grant where rule_version < (select max(version) from"
            + " rule_set) limit 1) as one";
    while (postgres.count(DATABASE, unjudged) > 0) {
      Thread.sleep(250);
    }
    long judged = System.currentTimeMillis() - appliedAt;
    Duration cpu = ca.cpuTime().minus(cpuBefore);
    Duration database = postgres.cpuTime().minus(databaseBefore);
    Load.Outcome busy = during.get();
    Thread.sleep(SETTLE_MILLIS);
    Latencies withdrawn = agents.of(Topic.GRANTS, appliedAt);
    report.rules(new PushReport.Reviewed(judged, cpu, database, withdrawn, quiet, busy));
    say("rules judged in %d ms, CPU of the CA %s, %d agents heard", judged, cpu, withdrawn.count());
  }

  /** All connections break at once, as when a network comes back. */
  private void reconnect(CaServer ca, WatchingAgents agents) throws Exception {
    Duration cpuBefore = ca.cpuTime();
    long began = System.currentTimeMillis();
    agents.reconnect();
    long last = agents.awaitAll(began, 180);
    report.reconnected("all connections cut at once", last - began, ca.cpuTime().minus(cpuBefore));
    say("reconnected after %d ms", last - began);
  }

  /** The CA stops and starts: the agents find out, wait as real ones do, and come back. */
  private CaServer restart(CaServer ca, WatchingAgents agents) throws Exception {
    long began = System.currentTimeMillis();
    ca.close();
    CaServer next = CaServer.start(setup);
    long ready = System.currentTimeMillis();
    Duration cpuBefore = next.cpuTime();
    long last = agents.awaitAll(began, 240);
    report.reconnected(
        "CA restarted, from when it is ready again", last - ready, next.cpuTime().minus(cpuBefore));
    say("after a restart all are back %d ms after the CA is ready", last - ready);
    return next;
  }

  private void bare(Fleet machines) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(setup.flags());
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(BareServer.class.getName());
    command.add(work.resolve("bare").toString());
    Process process =
        new ProcessBuilder(command).redirectError(work.resolve("bare.log").toFile()).start();
    try (BufferedReader answers =
            new BufferedReader(
                new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        PrintStream orders =
            new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
        Fleet fleet = machines.at(Integer.parseInt(answers.readLine()));
        WatchingAgents agents = new WatchingAgents(fleet.channels())) {
      streams(process.pid(), agents, report.bare());
      for (int i = 0; i < CHANGES; i++) {
        orders.println(PUSH_BYTES);
        long began = Long.parseLong(answers.readLine());
        report.barePush(agents.latencies(Topic.JWT_BUNDLE, i + 2, began));
      }
      Duration cpuBefore = CpuTime.of(process.pid());
      long began = System.currentTimeMillis();
      agents.reconnect();
      long last = agents.awaitAll(began, 180);
      report.bareReconnected(last - began, CpuTime.of(process.pid()).minus(cpuBefore));
    } finally {
      process.destroy();
    }
  }

  private static Duration seconds(String property, int standard) {
    return Duration.ofSeconds(Integer.getInteger(property, standard));
  }

  private static void say(String format, Object... values) {
    System.err.printf("%tT " + format + "%n", prepend(System.currentTimeMillis(), values));
  }

  private static Object[] prepend(Object first, Object[] rest) {
    List<Object> all = new ArrayList<>();
    all.add(first);
    all.addAll(List.of(rest));
    return all.toArray();
  }

  /** Streams that ended although nobody asked them to, by gRPC's code; for the report. */
  static String text(Map<String, Long> ended) {
    return ended.isEmpty() ? "none" : ended.toString();
  }
}
