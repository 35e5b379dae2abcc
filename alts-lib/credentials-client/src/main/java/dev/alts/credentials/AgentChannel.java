package dev.alts.credentials;

import dev.alts.api.credentials.v1.CredentialsGrpc;
import dev.alts.api.credentials.v1.CredentialsGrpc.CredentialsStub;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Connection to the agent's Unix socket, with the one daemon thread that serves it. Plaintext on
 * purpose: the kernel keeps others out and tells the agent who we are, and no byte leaves the
 * machine.
 */
final class AgentChannel implements AutoCloseable {
  // revocation lists of several domains travel in one snapshot
  private static final int MAX_SNAPSHOT_BYTES = 32 << 20;

  private final IoEventLoopGroup thread;
  private final ManagedChannel channel;

  private AgentChannel(IoEventLoopGroup thread, ManagedChannel channel) {
    this.thread = thread;
    this.channel = channel;
  }

  static AgentChannel to(AgentSocket socket) {
    if (!Epoll.isAvailable()) {
      throw new CredentialsUnavailableException(
          "agent socket %s: Netty's epoll transport is not available (%s); it needs Linux and"
                  .formatted(socket, Epoll.unavailabilityCause().getMessage())
              + " netty-transport-native-epoll for this processor on the class path");
    }
    IoEventLoopGroup thread =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("alts-credentials", true), EpollIoHandler.newFactory());
    ManagedChannel channel =
        NettyChannelBuilder.forAddress(
                new DomainSocketAddress(socket.path().toFile()),
                InsecureChannelCredentials.create())
            .channelType(EpollDomainSocketChannel.class, DomainSocketAddress.class)
            .eventLoopGroup(thread)
            .directExecutor()
            .overrideAuthority("localhost")
            .maxInboundMessageSize(MAX_SNAPSHOT_BYTES)
            .disableRetry()
            .intercept(TraceParent.ofThisProcess())
            .build();
    return new AgentChannel(thread, channel);
  }

  /** {@return a stub that tries to connect now, without gRPC's own pause after a failure} */
  CredentialsStub stub() {
    channel.resetConnectBackoff();
    return CredentialsGrpc.newStub(channel);
  }

  /** {@return a stub that keeps to gRPC's pauses after failures} */
  CredentialsStub quietStub() {
    return CredentialsGrpc.newStub(channel);
  }

  /** Runs {@code task} on the connection's thread. */
  void execute(Runnable task) {
    thread.execute(task);
  }

  /** Runs {@code task} on the connection's thread after {@code pause}. */
  ScheduledFuture<?> schedule(Runnable task, Duration pause) {
    return thread.schedule(task, pause.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Ends the connection; its thread stops when the last callbacks have run. */
  @Override
  public void close() {
    ManagedChannel unused = channel.shutdownNow();
    io.netty.util.concurrent.Future<?> stopped =
        thread.shutdownGracefully(100, 2_000, TimeUnit.MILLISECONDS);
    assert stopped != null;
  }
}
