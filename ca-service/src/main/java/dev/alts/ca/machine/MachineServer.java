package dev.alts.ca.machine;

import dev.alts.ca.configuration.CaSettings;
import dev.alts.ca.endpoint.ServerEndpoints;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/** The port that agents connect to. */
@Component
class MachineServer implements SmartLifecycle {
  private static final int MAX_MESSAGE = 1 << 20;
  private static final int MAX_METADATA = 8 << 10;
  private static final int MAX_CALLS_PER_CONNECTION = 100;
  private static final int MAX_RESETS_PER_30_SECONDS = 200;

  /** The kernel lowers it to net.core.somaxconn. */
  private static final int WAITING_CONNECTIONS = 4096;

  /** A heartbeat that nobody acknowledges ends the connection of an agent that is gone. */
  private static final int UNACKNOWLEDGED_MILLIS = 60_000;

  private final CaSettings settings;
  private final MachineTls tls;
  private final MachineApi api;
  private final MachineUpkeep upkeep;
  private final ServerEndpoints endpoints;
  private final Drain drain;
  private final MachineMetrics metrics;
  private final CallTraces traces;
  private final Crowd crowd;
  private @Nullable Running running;

  private record Running(
      Server server, ExecutorService calls, ScheduledExecutorService timer, EventLoopGroup loops) {
    void end() {
      timer.shutdownNow();
      calls.shutdown();
      var _ = loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
  }

  /** What keeps many agents at once from hurting each other. */
  record Crowd(
      Admission admission,
      StatedTimeLeft timeLeft,
      AgentConnections connections,
      ConnectionAge age) {}

  MachineServer(
      CaSettings settings,
      MachineTls tls,
      MachineApi api,
      MachineUpkeep upkeep,
      ServerEndpoints endpoints,
      Drain drain,
      MachineMetrics metrics,
      CallTraces traces,
      Crowd crowd) {
    this.settings = settings;
    this.tls = tls;
    this.api = api;
    this.upkeep = upkeep;
    this.endpoints = endpoints;
    this.drain = drain;
    this.metrics = metrics;
    this.traces = traces;
    this.crowd = crowd;
  }

  @Override
  public synchronized void start() {
    // Everything that is pushed exists before anybody can ask for it.
    upkeep.start();
    ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor();
    ScheduledExecutorService timer =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("machine-deadlines").factory());
    EventLoopGroup loops =
        new MultiThreadIoEventLoopGroup(
            new DefaultThreadFactory("machine-api", true), EpollIoHandler.newFactory());
    InetSocketAddress address = new InetSocketAddress(settings.address(), settings.machinePort());
    Server server =
        NettyServerBuilder.forAddress(address)
            // The loops that do the handshakes also accept: a crowd waits in the kernel, where it
            // costs nothing, and each handshake that is begun ends in time.
            .bossEventLoopGroup(loops)
            .workerEventLoopGroup(loops)
            .channelFactory(crowd.connections()::listening)
            .withOption(ChannelOption.SO_BACKLOG, WAITING_CONNECTIONS)
            .withChildOption(EpollChannelOption.TCP_USER_TIMEOUT, UNACKNOWLEDGED_MILLIS)
            .sslContext(tls.serverContext())
            .executor(calls)
            .handshakeTimeout(10, TimeUnit.SECONDS)
            .maxInboundMessageSize(MAX_MESSAGE)
            .maxInboundMetadataSize(MAX_METADATA)
            .maxConcurrentCallsPerConnection(MAX_CALLS_PER_CONNECTION)
            .maxRstFramesPerWindow(MAX_RESETS_PER_30_SECONDS, 30)
            .maxConnectionIdle(5, TimeUnit.MINUTES)
            .maxConnectionAge(crowd.age().most().toMillis(), TimeUnit.MILLISECONDS)
            .maxConnectionAgeGrace(ConnectionAge.GRACE.toMillis(), TimeUnit.MILLISECONDS)
            .permitKeepAliveTime(10, TimeUnit.SECONDS)
            .permitKeepAliveWithoutCalls(true)
            .addService(api.definition())
            // The last one added sees a call first: errors of everything inside are mapped, and
            // counted.
            .intercept(
                new CallLimits(
                    timer,
                    CallLimits.LONGEST_CALL,
                    crowd.admission(),
                    headers -> crowd.timeLeft().of(ChannelSecurity.current(), headers)))
            .intercept(new ChannelSecurity.Interceptor())
            .intercept(drain.gate())
            .intercept(new ErrorMapping())
            .intercept(metrics)
            .intercept(traces)
            .build();
    try {
      server.start();
    } catch (IOException e) {
      new Running(server, calls, timer, loops).end();
      throw new UncheckedIOException("alts.ca.machine.port: cannot listen on " + address, e);
    }
    running = new Running(server, calls, timer, loops);
    endpoints.machineListens(new InetSocketAddress(settings.address(), server.getPort()));
  }

  /** {@return where it listens} */
  synchronized int port() {
    if (running == null) {
      throw new IllegalStateException("machine server: not running");
    }
    return running.server().getPort();
  }

  @Override
  public synchronized void stop() {
    Running stopping = running;
    running = null;
    if (stopping == null) {
      return;
    }
    // GOAWAY first: streams that end now are opened again at another replica, not here.
    drain.begin();
    stopping.server().shutdown();
    upkeep.stop();
    drain.await(stopping.server());
    stopping.end();
  }

  @Override
  public synchronized boolean isRunning() {
    return running != null;
  }
}
