package dev.alts.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Calls over loopback, client and server in this process: throughput, and CPU time of the whole
 * process for each call or mebibyte. The transports take turns of equal length, so that a
 * neighbour's load hits all. Turns are thrown away until no transport gets faster any more: they
 * pay for connections and compilation.
 */
final class GrpcLoad {
  private static final OperatingSystemMXBean SYSTEM =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  private static final long PATIENCE_SECONDS = 300;

  /** Turns before the first that counts, at least and at most: see {@link #warmUp}. */
  private static final int LEAST_FIRST_TURNS = 4;

  private static final int MOST_FIRST_TURNS = 12;

  /** An improvement below this is taken for noise. */
  private static final double NOISE = 0.05;

  private static final int MEBIBYTES_A_CALL = 32;

  /** What is called, over how many connections, how many calls at a time on each. */
  enum Load {
    UNARY_1_CONNECTION(1, 16),
    UNARY_64_CONNECTIONS(64, 1),
    STREAM_1_MIB(1, 1);

    private final int connections;
    private final int inFlight;

    Load(int connections, int inFlight) {
      this.connections = connections;
      this.inFlight = inFlight;
    }
  }

  private final int rounds;
  private final Duration turn;

  GrpcLoad(int rounds, Duration turn) {
    this.rounds = rounds;
    this.turn = turn;
  }

  void run(Samples samples) throws Exception {
    for (Load load : Load.values()) {
      Map<GrpcTransport, Side> sides = new TreeMap<>();
      try {
        for (GrpcTransport transport : GrpcTransport.values()) {
          sides.put(transport, new Side(transport, load));
        }
        warmUp(sides);
        for (int round = 0; round < rounds; round++) {
          for (Map.Entry<GrpcTransport, Side> side : sides.entrySet()) {
            Turn took = side.getValue().turn();
            samples.addThroughput(
                "grpc." + load + "|" + side.getKey(), took.cpuMicros, took.perSecond);
          }
        }
      } finally {
        for (Side side : sides.values()) {
          side.close();
        }
      }
    }
  }

  /**
   * As many turns as it takes: a fixed number compared how far the compiler had come, and on a busy
   * machine it comes late.
   */
  private static void warmUp(Map<GrpcTransport, Side> sides) throws Exception {
    Map<GrpcTransport, Double> best = new EnumMap<>(GrpcTransport.class);
    int withoutGain = 0;
    for (int i = 0; i < MOST_FIRST_TURNS && (i < LEAST_FIRST_TURNS || withoutGain < 2); i++) {
      boolean gained = false;
      for (Map.Entry<GrpcTransport, Side> side : sides.entrySet()) {
        double before = best.getOrDefault(side.getKey(), Double.MAX_VALUE);
        double now = side.getValue().turn().cpuMicros;
        gained |= now < before * (1 - NOISE);
        best.put(side.getKey(), Math.min(before, now));
      }
      withoutGain = gained ? 0 : withoutGain + 1;
    }
  }

  private record Turn(double cpuMicros, double perSecond) {}

  /** One server and its connections. */
  private final class Side {
    private final Load load;
    private final Server server;
    private final List<ManagedChannel> channels = new ArrayList<>();

    Side(GrpcTransport transport, Load load) throws Exception {
      this.load = load;
      GrpcTransport.Credentials credentials = transport.credentials(Contender.newDomain());
      server =
          NettyServerBuilder.forAddress(
                  new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), credentials.server())
              .addService(new LoadService())
              .build()
              .start();
      for (int i = 0; i < load.connections; i++) {
        channels.add(
            NettyChannelBuilder.forAddress(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getPort()),
                    credentials.channel())
                .overrideAuthority("bench.test")
                .maxInboundMessageSize(2 * LoadService.CHUNK_BYTES)
                .build());
      }
    }

    /** Calls until the turn is over, and waits for the last to end. */
    Turn turn() throws Exception {
      long cpu = SYSTEM.getProcessCpuTime();
      long time = System.nanoTime();
      long operations =
          load == Load.STREAM_1_MIB ? stream(time + turn.toNanos()) : echo(time + turn.toNanos());
      return new Turn(
          (SYSTEM.getProcessCpuTime() - cpu) / 1_000.0 / operations,
          operations * 1e9 / (System.nanoTime() - time));
    }

    private long echo(long end) throws Exception {
      AtomicLong calls = new AtomicLong();
      AtomicInteger callers = new AtomicInteger(channels.size() * load.inFlight);
      CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
      for (ManagedChannel channel : channels) {
        for (int i = 0; i < load.inFlight; i++) {
          next(channel, new Caller(end, calls, callers, done));
        }
      }
      done.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      return calls.get();
    }

    private void next(ManagedChannel channel, Caller caller) {
      ClientCalls.asyncUnaryCall(
          channel.newCall(LoadService.ECHO, CallOptions.DEFAULT),
          new byte[1024],
          new StreamObserver<byte[]>() {
            @Override
            public void onNext(byte[] message) {
              // the end of the call is what counts
            }

            @Override
            public void onError(Throwable failure) {
              caller.done.completeExceptionally(failure);
            }

            @Override
            public void onCompleted() {
              if (caller.goesOn()) {
                next(channel, caller);
              }
            }
          });
    }

    private long stream(long end) {
      long mebibytes = 0;
      while (System.nanoTime() < end) {
        mebibytes += streamOnce();
      }
      return mebibytes;
    }

    private long streamOnce() {
      ClientCalls.blockingServerStreamingCall(
              channels.getFirst(),
              LoadService.STREAM,
              CallOptions.DEFAULT.withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS),
              ByteBuffer.allocate(4).putInt(MEBIBYTES_A_CALL).array())
          .forEachRemaining(chunk -> {
            if (chunk.length != LoadService.CHUNK_BYTES) {
              throw new IllegalStateException("chunk of %d bytes".formatted(chunk.length));
            }
          });
      return MEBIBYTES_A_CALL;
    }

    void close() throws InterruptedException {
      for (ManagedChannel channel : channels) {
        channel.shutdownNow();
      }
      server.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
    }
  }

  /** Makes one call after the other until the turn is over. */
  private record Caller(
      long end, AtomicLong calls, AtomicInteger callers, CompletableFuture<@Nullable Void> done) {
    /** Counts a call that ended; {@return whether there is time for another} */
    private boolean goesOn() {
      calls.incrementAndGet();
      if (System.nanoTime() < end) {
        return true;
      }
      if (callers.decrementAndGet() == 0) {
        done.complete(null);
      }
      return false;
    }
  }
}
