package dev.alts.benchmarks;

import com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider;
import java.security.Security;
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

/** Full mutual handshakes between parties that have never met: no certificate is in any cache. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class UnseenBenchmark {
  @Param({"ALTS", "TCNATIVE", "CONSCRYPT"})
  public Contender contender = Contender.ALTS;

  @Param({"HYBRID"})
  public Contender.Group group = Contender.Group.HYBRID;

  /** What verifies signatures for the TLS engines' trust manager; ours chooses by itself. */
  @Param({"STOCK", "ACCP"})
  public Pkix pkix = Pkix.STOCK;

  private Handshakes handshakes;

  /** Provider of the JDK's PKIX. */
  public enum Pkix {
    STOCK,
    ACCP
  }

  @Setup
  public void setUp() throws Exception {
    if (pkix == Pkix.ACCP) {
      // A choice for the whole JVM, which an application may make and a library may not.
      Security.insertProviderAt(AmazonCorrettoCryptoProvider.INSTANCE, 1);
    }
    handshakes = contender.prepareUnseen(Contender.newDomain(), group);
    WarmUp.run(handshakes::run);
    handshakes.runAndRequire(2);
  }

  @Benchmark
  public void unseen() throws Exception {
    handshakes.run();
  }

  @TearDown
  public void stillFull() throws Exception {
    handshakes.runAndRequire(2);
    Security.removeProvider(AmazonCorrettoCryptoProvider.PROVIDER_NAME);
  }
}
