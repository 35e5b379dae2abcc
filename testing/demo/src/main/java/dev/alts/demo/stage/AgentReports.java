package dev.alts.demo.stage;

import dev.alts.api.credentials.v1.CredentialsGrpc;
import dev.alts.api.credentials.v1.ListReportsRequest;
import dev.alts.api.credentials.v1.ProcessReport;
import dev.alts.api.credentials.v1.ReportRequest;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainSocketAddress;
import java.time.Duration;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.logging.Level;
import java.util.logging.Logger;

/** What an agent's owner reads of the processes on its machine. */
public final class AgentReports implements AutoCloseable {
  // a Unix socket has no SO_KEEPALIVE, of which Netty would tell the audience
  private static final Logger NETTY = Logger.getLogger("io.netty.bootstrap");

  static {
    NETTY.setLevel(Level.SEVERE);
  }

  private static final Duration LIMIT = Duration.ofMinutes(1);

  private final EventLoopGroup thread =
      new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
  private final ManagedChannel channel;

  public AgentReports(Agent agent) {
    channel =
        NettyChannelBuilder.forAddress(
                new DomainSocketAddress(agent.socket().toFile()),
                InsecureChannelCredentials.create())
            .channelType(EpollDomainSocketChannel.class, DomainSocketAddress.class)
            .eventLoopGroup(thread)
            .overrideAuthority("localhost")
            .build();
  }

  /** {@return the report of {@code child} once it is as wanted: it comes some seconds later} */
  public ReportRequest await(Child child, String what, Predicate<ReportRequest> wanted)
      throws InterruptedException {
    return Awaited.from(child, "reported " + what, LIMIT, () -> of(child).filter(wanted));
  }

  private Optional<ReportRequest> of(Child child) {
    Iterator<ProcessReport> all =
        CredentialsGrpc.newBlockingStub(channel)
            .withWaitForReady()
            .withDeadlineAfter(LIMIT.toSeconds(), TimeUnit.SECONDS)
            .listReports(ListReportsRequest.getDefaultInstance());
    Optional<ReportRequest> found = Optional.empty();
    while (all.hasNext()) {
      ProcessReport report = all.next();
      if (report.getPid() == child.pid()) {
        found = Optional.of(report.getReport());
      }
    }
    return found;
  }

  @Override
  public void close() {
    channel.shutdownNow();
    var _ = thread.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }
}
