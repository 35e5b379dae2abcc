package dev.alts.benchmarks;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Resumed handshakes: ours are chained, each with the ticket of the one before. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class ResumptionBenchmark {
  @Param({"ALTS", "TCNATIVE", "CONSCRYPT"})
  public Contender contender = Contender.ALTS;

  @Param({"CLASSICAL", "HYBRID"})
  public Contender.Group group = Contender.Group.HYBRID;

  /** TLS has one way, PSK with (EC)DHE; both of ours stand beside it. */
  @Param({"FORWARD_SECRET", "SYMMETRIC"})
  public Contender.Resumption resumption = Contender.Resumption.FORWARD_SECRET;

  private Handshakes handshakes;

  @Setup
  public void setUp() throws Exception {
    handshakes = contender.prepare(Contender.newDomain(), group, resumption);
    handshakes.runAndRequire(2);
    WarmUp.run(handshakes::run);
    handshakes.runAndRequire(0);
  }

  @Benchmark
  public void resumed() throws Exception {
    handshakes.run();
  }

  @TearDown
  public void stillResumed() throws Exception {
    handshakes.runAndRequire(0);
  }
}
