package dev.alts.agent.delivery;

import dev.alts.agent.credentials.DomainStateSource;
import dev.alts.agent.credentials.SnapshotAssembler;
import dev.alts.agent.tracing.Traces;
import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.ServerInterceptors;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.opentelemetry.context.Context;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * The agent's Unix socket: open to every process of this machine from {@link #open} to {@link
 * #close}.
 */
public final class AgentServer implements AutoCloseable {
  // What a gRPC stack has read of its peer goes to the handshaker as one request; Go reads 64 KiB.
  static final int MAX_REQUEST_BYTES = 256 << 10;
  static final int MAX_HEADER_BYTES = 8 << 10;

  // A process has one channel to the handshaker, for 100 handshakes as a client and as a server.
  static final int MAX_CALLS_PER_CONNECTION = 300;
  private static final long IDLE_MINUTES = 10;
  static final long ORPHAN_CHECK_SECONDS = 5;
  static final long STOP_SECONDS = 2;

  private final SocketFile socket;
  private final Server server;
  private final ExecutorService executor;

  /** What is served. */
  public record Contents(
      CallerCredentials credentials,
      DomainStateSource domain,
      SnapshotAssembler assembler,
      BindableService handshaker) {}

  /** How it is served. */
  public record Limits(int maxConnectionsPerUser) {}

  /** A path that is ours from now on, though nothing listens there yet. */
  public static final class Claim implements AutoCloseable {
    private final SocketFile socket;

    private Claim(SocketFile socket) {
      this.socket = socket;
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  private AgentServer(SocketFile socket, Server server, ExecutorService executor) {
    this.socket = socket;
    this.server = server;
    this.executor = executor;
  }

  /**
   * {@return the path, taken for this agent}
   *
   * @throws IOException with a sentence for the operator if another agent has it or it is not safe
   */
  public static Claim claim(Path path) throws IOException {
    return new Claim(SocketFile.claim(path));
  }

  /** {@return the server, listening; it owns the claim} */
  public static AgentServer open(
      Claim claim, Contents contents, Limits limits, EventLoopGroup eventLoops, Traces traces)
      throws IOException {
    SocketFile socket = claim.socket;
    ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    PeerConnections connections = new PeerConnections(limits.maxConnectionsPerUser());
    Server server =
        builder(socket, contents, connections, executor, eventLoops, traces).build().start();
    socket.openToAll();
    var _ =
        eventLoops
            .next()
            .scheduleWithFixedDelay(
                connections::closeOrphans,
                ORPHAN_CHECK_SECONDS,
                ORPHAN_CHECK_SECONDS,
                TimeUnit.SECONDS);
    return new AgentServer(socket, server, executor);
  }

  private static NettyServerBuilder builder(
      SocketFile socket,
      Contents contents,
      PeerConnections connections,
      ExecutorService executor,
      EventLoopGroup eventLoops,
      Traces traces) {
    // What a call of a workload leads to belongs to its trace.
    Executor traced = Context.taskWrapping((Executor) executor);
    CredentialsService own =
        new CredentialsService(
            contents.credentials(),
            contents.assembler(),
            new ProcessReports(InstantSource.system()),
            contents.domain(),
            traced);
    WorkloadApiService spiffe =
        new WorkloadApiService(contents.credentials(), contents.domain(), traced);
    return NettyServerBuilder.forAddress(
            new DomainSocketAddress(socket.path().toFile()),
            PeerNegotiator.credentials(connections, Runnable::run))
        .channelType(EpollServerDomainSocketChannel.class)
        .bossEventLoopGroup(eventLoops)
        .workerEventLoopGroup(eventLoops)
        .executor(executor)
        .maxInboundMessageSize(MAX_REQUEST_BYTES)
        .maxInboundMetadataSize(MAX_HEADER_BYTES)
        .maxConcurrentCallsPerConnection(MAX_CALLS_PER_CONNECTION)
        .maxConnectionIdle(IDLE_MINUTES, TimeUnit.MINUTES)
        .addService(own)
        .addService(ServerInterceptors.intercept(spiffe, new SecurityHeaderInterceptor()))
        .addService(contents.handshaker())
        .addService(ProtoReflectionServiceV1.newInstance())
        .addService(new HealthStatusManager().getHealthService())
        .intercept(new CallerInterceptor())
        // The last one added is the outermost.
        .intercept(new StatusInterceptor())
        .intercept(traces.ofWorkloads());
  }

  /** {@return where it listens} */
  public Path path() {
    return socket.path();
  }

  @Override
  public void close() throws IOException {
    server.shutdownNow();
    try {
      var _ = server.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    executor.shutdownNow();
    socket.close();
  }
}
