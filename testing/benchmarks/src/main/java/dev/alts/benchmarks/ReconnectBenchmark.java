package dev.alts.benchmarks;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A thousand peers come back after their server's restart. Hybrid; the restart is part of it. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class ReconnectBenchmark {
  @Param({"ALTS", "TCNATIVE", "TCNATIVE_FORGETTING"})
  public Server server = Server.ALTS;

  private Reconnects reconnects;

  /** Who restarts, and how many of a hundred peers are known to it again. */
  public enum Server {
    ALTS(100),
    TCNATIVE(100),
    /** With a ticket key of its own, as it comes. */
    TCNATIVE_FORGETTING(0);

    private final int resumed;

    Server(int resumed) {
      this.resumed = resumed;
    }
  }

  @Setup
  public void setUp() throws Exception {
    reconnects =
        switch (server) {
          case ALTS -> new AltsReconnects(Contender.newDomain());
          case TCNATIVE -> new TlsReconnects(Contender.newDomain(), true);
          case TCNATIVE_FORGETTING -> new TlsReconnects(Contender.newDomain(), false);
        };
    // Each comes for the first time.
    reconnects.allAndRequireResumed(0);
    WarmUp.run(reconnects::next);
  }

  @Benchmark
  @OperationsPerInvocation(Reconnects.PEERS)
  public void reconnect() throws Exception {
    for (int i = 0; i < Reconnects.PEERS; i++) {
      reconnects.next();
    }
  }

  @TearDown
  public void hitRate() throws Exception {
    reconnects.allAndRequireResumed(server.resumed);
  }
}
