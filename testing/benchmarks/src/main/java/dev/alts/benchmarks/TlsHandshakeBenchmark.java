package dev.alts.benchmarks;

import dev.alts.testing.TestTrustDomain;
import dev.alts.wire.handshake.v1.EntityKind;
import java.time.Instant;
import java.util.List;
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
 * Full TLS 1.3 handshakes, mutual, both ends in one thread; the JDK's PKIX trust manager for every
 * engine.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class TlsHandshakeBenchmark {
  @Param({"TCNATIVE", "CONSCRYPT", "JSSE"})
  public TlsEngine engine = TlsEngine.TCNATIVE;

  @Param({"X25519", "X25519MLKEM768"})
  public String group = "X25519";

  private TlsEngine.Contexts contexts;

  @Setup
  public void setUp() throws Exception {
    TestTrustDomain domain = TestTrustDomain.of("bench.test", Instant.now());
    contexts =
        engine.contexts(
            domain.tls("/client"),
            domain.tls("/server"),
            StockTrust.of(List.of(domain.authority(EntityKind.WORKLOAD))),
            group);
  }

  @Benchmark
  public void full() throws Exception {
    try (TlsConnection connection = new TlsConnection(contexts)) {
      connection.handshake();
    }
  }
}
