package dev.alts.agent.delivery;

import dev.alts.agent.attestation.WorkloadAttestor;
import dev.alts.agent.credentials.CredentialCache;
import dev.alts.agent.credentials.DomainStateSource;
import dev.alts.agent.credentials.LiveCredential;
import dev.alts.agent.credentials.SnapshotAssembler;
import dev.alts.agent.tracing.Traces;
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
  private static final int MAX_REQUEST_BYTES = 64 << 10;
  private static final int MAX_HEADER_BYTES = 8 << 10;
  private static final int MAX_CALLS_PER_CONNECTION = 100;
  private static final long IDLE_MINUTES = 10;
  private static final long ORPHAN_CHECK_SECONDS = 5;
  private static final long STOP_SECONDS = 2;

  private final SocketFile socket;
  private final Server server;
  private final ExecutorService executor;

  /** What is served. */
  public record Contents(
      WorkloadAttestor attestor,
      CredentialCache cache,
      DomainStateSource domain,
      LiveCredential machine,
      SnapshotAssembler assembler) {}

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
    CallerCredentials credentials =
        new CallerCredentials(
            contents.attestor(), contents.cache(), contents.domain(), contents.machine());
    CredentialsService own =
        new CredentialsService(
            credentials,
            contents.assembler(),
            new ProcessReports(InstantSource.system()),
            contents.domain(),
            traced);
    WorkloadApiService spiffe = new WorkloadApiService(credentials, contents.domain(), traced);
    return NettyServerBuilder.forAddress(
            new DomainSocketAddress(socket.path().toFile()),
            PeerNegotiator.credentials(connections))
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
