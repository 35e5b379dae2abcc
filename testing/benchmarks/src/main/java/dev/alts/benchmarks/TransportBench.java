package dev.alts.benchmarks;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Runs every case of the table in one go and writes the table, or compares with the one written
 * before. Each case has a process of its own, so that none is measured with code that another had
 * compiled, or had not; those that stand beside each other run one after the other, and all of it
 * twice, half the run apart.
 */
public final class TransportBench {
  private final Pace pace;
  private final Samples samples = new Samples();
  private final long start = System.nanoTime();

  private TransportBench(Pace pace) {
    this.pace = pace;
  }

  /** Arguments: {@code transport|check DIRECTORY}. */
  public static void main(String[] arguments) throws Exception {
    boolean check = arguments[0].equals("check");
    Path directory = Path.of(arguments[1]);
    TransportBench bench = new TransportBench(check ? Pace.SHORT : Pace.FULL);
    int rounds = bench.run();
    Map<String, Measurement> measured = Derived.withDerived(bench.samples.measurements());
    boolean good = true;
    if (check) {
      good = Committed.read(directory.resolve("transport.json")).compare(measured, System.out);
    } else {
      Environment environment = Environment.ofThisMachine(rounds, bench.secondsSoFar());
      new Report(measured, environment).write(directory);
    }
    // Pools of event loops and native engines keep threads of their own.
    System.exit(good ? 0 : 1);
  }

  /** {@return how many rounds were complete} */
  private int run() throws Exception {
    progress("gRPC");
    new GrpcLoad(pace.grpcRounds(), pace.grpcRound()).run(samples);
    for (int round = 1; round <= pace.rounds(); round++) {
      for (Part part : Part.all()) {
        if (round > 1 && secondsSoFar() > pace.budget().toSeconds()) {
          progress("out of time in round " + round);
          return round - 1;
        }
        progress("round %d of %d: %s".formatted(round, pace.rounds(), part));
        run(part).forEach(this::add);
      }
    }
    return pace.rounds();
  }

  private Iterable<RunResult> run(Part part) throws RunnerException {
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include("\\." + part.benchmark() + "\\.")
            .forks(part.isCold() ? 3 : 1)
            // One iteration is thrown away: it pays for the set-up.
            .warmupIterations(part.isCold() ? 0 : 1)
            .warmupTime(TimeValue.milliseconds(200))
            .measurementIterations(part.isCold() ? 1 : pace.iterations())
            .measurementTime(TimeValue.milliseconds(pace.millis()))
            .shouldFailOnError(true)
            .verbosity(VerboseMode.SILENT)
            .addProfiler(CpuTimeProfiler.class);
    part.parameters().forEach((name, values) -> options.param(name, values.toArray(String[]::new)));
    return new Runner(options.build()).run();
  }

  private void add(RunResult result) {
    String key = key(result.getParams());
    for (BenchmarkResult fork : result.getBenchmarkResults()) {
      for (IterationResult iteration : fork.getIterationResults()) {
        double cpu = score(iteration, CpuTimeProfiler.CPU);
        samples.add(key, cpu, score(iteration, CpuTimeProfiler.ALLOCATED));
      }
    }
  }

  /** Benchmark and parameters in the order of their names, as {@link Rows} writes them. */
  private static String key(BenchmarkParams params) {
    String[] name = params.getBenchmark().split("\\.");
    List<String> last = List.of(name).subList(name.length - 2, name.length);
    StringBuilder key = new StringBuilder(String.join(".", last));
    for (String parameter : new TreeSet<>(params.getParamsKeys())) {
      key.append('|').append(parameter).append('=').append(params.getParam(parameter));
    }
    return key.toString();
  }

  private static double score(IterationResult iteration, String name) {
    var result = iteration.getSecondaryResults().get(name);
    if (result == null) {
      throw new IllegalStateException("the profiler gave no " + name);
    }
    return result.getScore();
  }

  private long secondsSoFar() {
    return (System.nanoTime() - start) / 1_000_000_000;
  }

  private void progress(String what) {
    System.err.printf("%4d s  %s%n", secondsSoFar(), what);
  }
}
