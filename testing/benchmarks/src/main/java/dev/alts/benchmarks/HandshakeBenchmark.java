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

/** Full mutual handshakes between the same two parties, so caches are warm on every side. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class HandshakeBenchmark {
  @Param({"ALTS", "TCNATIVE", "CONSCRYPT", "JSSE"})
  public Contender contender = Contender.ALTS;

  @Param({"CLASSICAL", "HYBRID"})
  public Contender.Group group = Contender.Group.HYBRID;

  private Handshakes handshakes;

  @Setup
  public void setUp() throws Exception {
    if (contender == Contender.JSSE && group == Contender.Group.HYBRID) {
      throw new IllegalArgumentException(
          "JSSE has no X25519MLKEM768; it would use X25519 and not say so");
    }
    handshakes = contender.prepare(Contender.newDomain(), group, Contender.Resumption.NONE);
    WarmUp.run(handshakes::run);
    handshakes.runAndRequire(2);
  }

  @Benchmark
  public void known() throws Exception {
    handshakes.run();
  }

  @TearDown
  public void stillFull() throws Exception {
    handshakes.runAndRequire(2);
  }
}
