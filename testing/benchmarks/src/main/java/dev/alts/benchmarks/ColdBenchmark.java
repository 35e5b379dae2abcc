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

/**
 * The first 64 payloads of 128 KiB of a fresh process, nothing warmed up, on a connection that is
 * made but has carried nothing: what a process that starts, answers and ends pays for all 64
 * together. Measured once in each process.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class ColdBenchmark {
  private static final int PAYLOADS = 64;
  private static final int BYTES = 128 * 1024;

  /** ALTS_GCM_JDK: where no native provider is on the class path. */
  @Param({"ALTS_GCM", "ALTS_GCM_JDK", "TLS_TCNATIVE"})
  public String protocol = "ALTS_GCM";

  private RecordTransfer transfer;

  @Setup
  public void setUp() throws Exception {
    transfer = RecordTransfer.of(protocol, BYTES);
  }

  @Benchmark
  public void first() throws Exception {
    for (int i = 0; i < PAYLOADS; i++) {
      transfer.runAndRequire(BYTES);
    }
  }
}
