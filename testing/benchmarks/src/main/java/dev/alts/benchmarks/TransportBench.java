package dev.alts.benchmarks;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * Runs every case of the table in one go and writes the table, or compares with the one written
 * before.
 */
public final class TransportBench {
  private final boolean shortRun;
  private final int forks;

  private TransportBench(boolean shortRun, int forks) {
    this.shortRun = shortRun;
    this.forks = forks;
  }

  /** Arguments: {@code transport|check DIRECTORY FORKS [short]}. */
  public static void main(String[] arguments) throws Exception {
    boolean check = arguments[0].equals("check");
    Path directory = Path.of(arguments[1]);
    TransportBench bench =
        new TransportBench(check || arguments.length > 3, Integer.parseInt(arguments[2]));
    long start = System.nanoTime();
    Map<String, Measurement> measured = bench.measure();
    long seconds = (System.nanoTime() - start) / 1_000_000_000;
    boolean good = true;
    if (check) {
      good = Committed.read(directory.resolve("transport.json")).compare(measured, System.out);
    } else {
      new Report(measured, Environment.ofThisMachine(bench.forks, seconds)).write(directory);
    }
    // Pools of event loops and native engines keep threads of their own.
    System.exit(good ? 0 : 1);
  }

  private Map<String, Measurement> measure() throws Exception {
    Map<String, Measurement> measured = new LinkedHashMap<>();
    for (Measurement measurement : new GrpcLoad(shortRun ? 1 : 3, shortRun ? 4 : 1).run()) {
      measured.put(measurement.key(), measurement);
    }
    for (ChainedOptionsBuilder part : parts()) {
      for (RunResult result : run(part)) {
        Measurement measurement = measurement(result);
        measured.put(measurement.key(), measurement);
      }
    }
    return measured;
  }

  /** What JMH's parameters cannot say: which combinations are no case of their own. */
  private List<ChainedOptionsBuilder> parts() {
    return List.of(
        options("PrimitivesBenchmark"),
        options("ResumptionBenchmark").param("resumption", "FORWARD_SECRET"),
        options("ResumptionBenchmark")
            .param("contender", "ALTS")
            .param("group", "CLASSICAL")
            .param("resumption", "SYMMETRIC"),
        options("UnseenBenchmark").param("contender", "ALTS").param("pkix", "STOCK"),
        options("UnseenBenchmark").param("contender", "TCNATIVE", "CONSCRYPT"),
        options("HandshakeBenchmark").param("contender", "ALTS", "TCNATIVE", "CONSCRYPT"),
        options("HandshakeBenchmark").param("contender", "JSSE").param("group", "CLASSICAL"),
        options("RecordBenchmark")
            .param("protocol", "ALTS_GCM", "ALTS_GMAC", "ALTS_VMAC", "TLS_TCNATIVE", "GRPC_ALTS"));
  }

  private ChainedOptionsBuilder options(String benchmark) {
    return new OptionsBuilder()
        .include("\\." + benchmark + "\\.")
        .forks(forks)
        // One iteration is thrown away: it pays for the set-up.
        .warmupIterations(1)
        .warmupTime(TimeValue.milliseconds(200))
        .measurementIterations(shortRun ? 3 : 5)
        .measurementTime(TimeValue.milliseconds(shortRun ? 200 : 400))
        .shouldFailOnError(true)
        .addProfiler(CpuTimeProfiler.class);
  }

  private static Collection<RunResult> run(ChainedOptionsBuilder part) throws RunnerException {
    return new Runner(part.build()).run();
  }

  private static Measurement measurement(RunResult result) {
    BenchmarkParams params = result.getParams();
    String[] name = params.getBenchmark().split("\\.");
    StringBuilder key =
        new StringBuilder(name[name.length - 2]).append('.').append(name[name.length - 1]);
    for (String parameter : new TreeSet<>(params.getParamsKeys())) {
      key.append('|').append(parameter).append('=').append(params.getParam(parameter));
    }
    List<Double> cpu = new ArrayList<>();
    List<Double> allocated = new ArrayList<>();
    for (var fork : result.getBenchmarkResults()) {
      for (IterationResult iteration : fork.getIterationResults()) {
        cpu.add(score(iteration, CpuTimeProfiler.CPU));
        allocated.add(score(iteration, CpuTimeProfiler.ALLOCATED));
      }
    }
    return new Measurement(
        key.toString(),
        Measurement.median(cpu),
        Measurement.spread(cpu),
        Measurement.median(allocated),
        0);
  }

  private static double score(IterationResult iteration, String name) {
    var result = iteration.getSecondaryResults().get(name);
    if (result == null) {
      throw new IllegalStateException("the profiler gave no " + name);
    }
    return result.getScore();
  }
}
