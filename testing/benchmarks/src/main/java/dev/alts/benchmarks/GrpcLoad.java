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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Calls over loopback, client and server in this process: CPU time of the whole process for each
 * call or mebibyte, and throughput. The transports take turns, so that a neighbour's load hits all.
 */
final class GrpcLoad {
  private static final OperatingSystemMXBean SYSTEM =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  private static final long PATIENCE_SECONDS = 300;

  /** What is called, how often in one round, over how many connections. */
  enum Load {
    UNARY_1_CONNECTION(1, 16, 8_000),
    UNARY_64_CONNECTIONS(64, 1, 8_000),
    STREAM_1_MIB(1, 1, 128);

    private final int connections;
    private final int inFlight;
    private final int operations;

    Load(int connections, int inFlight, int operations) {
      this.connections = connections;
      this.inFlight = inFlight;
      this.operations = operations;
    }
  }

  private final int rounds;
  private final int shorter;

  /** {@code shorter}: by what the operations of a round are divided. */
  GrpcLoad(int rounds, int shorter) {
    this.rounds = rounds;
    this.shorter = shorter;
  }

  List<Measurement> run() throws Exception {
    List<Measurement> all = new ArrayList<>();
    for (Load load : Load.values()) {
      Map<GrpcTransport, Side> sides = new TreeMap<>();
      try {
        for (GrpcTransport transport : GrpcTransport.values()) {
          sides.put(transport, new Side(transport, load));
        }
        for (int round = 0; round <= rounds; round++) {
          for (Side side : sides.values()) {
            side.round(round > 0);
          }
        }
        for (Map.Entry<GrpcTransport, Side> side : sides.entrySet()) {
          all.add(side.getValue().measurement("grpc." + load + "|" + side.getKey()));
        }
      } finally {
        for (Side side : sides.values()) {
          side.close();
        }
      }
    }
    return all;
  }

  /** One server, its connections, and what was measured on them. */
  private final class Side {
    private final Load load;
    private final Server server;
    private final List<ManagedChannel> channels = new ArrayList<>();
    private final List<Double> cpuMicros = new ArrayList<>();
    private final List<Double> perSecond = new ArrayList<>();

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

    void round(boolean counts) throws Exception {
      int operations = Math.max(load.connections, load.operations / shorter);
      long cpu = SYSTEM.getProcessCpuTime();
      long time = System.nanoTime();
      if (load == Load.STREAM_1_MIB) {
        stream(operations);
      } else {
        echo(operations);
      }
      if (counts) {
        cpuMicros.add((SYSTEM.getProcessCpuTime() - cpu) / 1_000.0 / operations);
        perSecond.add(operations * 1e9 / (System.nanoTime() - time));
      }
    }

    private void echo(int operations) throws Exception {
      AtomicInteger toStart = new AtomicInteger(operations);
      AtomicInteger toEnd = new AtomicInteger(operations);
      CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
      for (ManagedChannel channel : channels) {
        for (int i = 0; i < load.inFlight; i++) {
          next(channel, toStart, toEnd, done);
        }
      }
      done.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    private void next(
        ManagedChannel channel,
        AtomicInteger toStart,
        AtomicInteger toEnd,
        CompletableFuture<@Nullable Void> done) {
      if (toStart.getAndDecrement() <= 0) {
        return;
      }
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
              done.completeExceptionally(failure);
            }

            @Override
            public void onCompleted() {
              if (toEnd.decrementAndGet() == 0) {
                done.complete(null);
              }
              next(channel, toStart, toEnd, done);
            }
          });
    }

    private void stream(int mebibytes) {
      ClientCalls.blockingServerStreamingCall(
              channels.getFirst(),
              LoadService.STREAM,
              CallOptions.DEFAULT.withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS),
              ByteBuffer.allocate(4).putInt(mebibytes).array())
          .forEachRemaining(chunk -> {
            if (chunk.length != LoadService.CHUNK_BYTES) {
              throw new IllegalStateException("chunk of %d bytes".formatted(chunk.length));
            }
          });
    }

    Measurement measurement(String key) {
      return new Measurement(
          key,
          Measurement.median(cpuMicros),
          Measurement.spread(cpuMicros),
          0,
          Measurement.median(perSecond));
    }

    void close() throws InterruptedException {
      for (ManagedChannel channel : channels) {
        channel.shutdownNow();
      }
      server.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
    }
  }
}
