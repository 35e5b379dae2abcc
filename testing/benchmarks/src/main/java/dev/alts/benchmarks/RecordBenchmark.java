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
 * Protect at one end and unprotect at the other, direct buffers in and out, frames of at most 128
 * KiB (TLS: 16 KiB).
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class RecordBenchmark {
  @Param({"64", "256", "1024", "16384", "131072"})
  public int bytes = 16_384;

  @Param({"ALTS_GCM", "ALTS_GMAC", "ALTS_VMAC", "ALTS_VCM", "TLS_TCNATIVE", "GRPC_ALTS"})
  public String protocol = "ALTS_GCM";

  private RecordTransfer transfer;

  @Setup
  public void setUp() throws Exception {
    transfer = RecordTransfer.of(protocol, bytes);
    WarmUp.briefly(transfer::run);
    transfer.runAndRequire(bytes);
  }

  @Benchmark
  public int transfer() throws Exception {
    return transfer.run();
  }
}
