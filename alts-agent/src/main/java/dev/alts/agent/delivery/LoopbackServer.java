package dev.alts.agent.delivery;

import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollServerSocketChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * The handshaker alone, on a TCP port of loopback, for gRPC stacks that can be told no Unix socket.
 * Callers are found by who owns their sockets, see {@link dev.alts.agent.attestation.TcpPeer}.
 */
public final class LoopbackServer implements AutoCloseable {
  private final Server server;
  private final ExecutorService executor;
  private final ScheduledFuture<?> orphans;

  private LoopbackServer(Server server, ExecutorService executor, ScheduledFuture<?> orphans) {
    this.server = server;
    this.executor = executor;
    this.orphans = orphans;
  }

  /**
   * {@return the server, listening}
   *
   * @param address of loopback; port 0: any free one
   * @throws IOException with a sentence for the operator if the port is taken
   */
  public static LoopbackServer open(
      InetSocketAddress address,
      BindableService handshaker,
      AgentServer.Limits limits,
      EventLoopGroup eventLoops)
      throws IOException {
    ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    PeerConnections connections = new PeerConnections(limits.maxConnectionsPerUser());
    Server server =
        NettyServerBuilder.forAddress(address, PeerNegotiator.credentials(connections, executor))
            .channelType(EpollServerSocketChannel.class)
            .bossEventLoopGroup(eventLoops)
            .workerEventLoopGroup(eventLoops)
            .executor(executor)
            .maxInboundMessageSize(AgentServer.MAX_REQUEST_BYTES)
            .maxInboundMetadataSize(AgentServer.MAX_HEADER_BYTES)
            .maxConcurrentCallsPerConnection(AgentServer.MAX_CALLS_PER_CONNECTION)
            .addService(handshaker)
            .intercept(new CallerInterceptor())
            // The last one added is the outermost.
            .intercept(new StatusInterceptor())
            .build();
    try {
      var _ = server.start();
    } catch (IOException e) {
      executor.shutdownNow();
      throw new IOException(
          "--handshaker-tcp %s:%d: %s; another agent, or another program, may have that port"
              .formatted(address.getHostString(), address.getPort(), e.getMessage()),
          e);
    }
    return new LoopbackServer(
        server,
        executor,
        eventLoops
            .next()
            .scheduleWithFixedDelay(
                connections::closeOrphans,
                AgentServer.ORPHAN_CHECK_SECONDS,
                AgentServer.ORPHAN_CHECK_SECONDS,
                TimeUnit.SECONDS));
  }

  /** {@return the port that it listens on} */
  public int port() {
    return server.getPort();
  }

  @Override
  public void close() {
    orphans.cancel(false);
    server.shutdownNow();
    try {
      var _ = server.awaitTermination(AgentServer.STOP_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    executor.shutdownNow();
  }
}
