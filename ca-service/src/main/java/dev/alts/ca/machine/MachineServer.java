package dev.alts.ca.machine;

import dev.alts.ca.configuration.CaSettings;
import dev.alts.ca.endpoint.ServerEndpoints;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
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

  private final CaSettings settings;
  private final MachineTls tls;
  private final MachineApi api;
  private final MachineUpkeep upkeep;
  private final ServerEndpoints endpoints;
  private final Drain drain;
  private final MachineMetrics metrics;
  private final CallTraces traces;
  private @Nullable Running running;

  private record Running(Server server, ExecutorService calls, ScheduledExecutorService timer) {}

  MachineServer(
      CaSettings settings,
      MachineTls tls,
      MachineApi api,
      MachineUpkeep upkeep,
      ServerEndpoints endpoints,
      Drain drain,
      MachineMetrics metrics,
      CallTraces traces) {
    this.settings = settings;
    this.tls = tls;
    this.api = api;
    this.upkeep = upkeep;
    this.endpoints = endpoints;
    this.drain = drain;
    this.metrics = metrics;
    this.traces = traces;
  }

  @Override
  public synchronized void start() {
    // Everything that is pushed exists before anybody can ask for it.
    upkeep.start();
    ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor();
    ScheduledExecutorService timer =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("machine-deadlines").factory());
    InetSocketAddress address = new InetSocketAddress(settings.address(), settings.machinePort());
    Server server =
        NettyServerBuilder.forAddress(address)
            .sslContext(tls.serverContext())
            .executor(calls)
            .handshakeTimeout(10, TimeUnit.SECONDS)
            .maxInboundMessageSize(MAX_MESSAGE)
            .maxInboundMetadataSize(MAX_METADATA)
            .maxConcurrentCallsPerConnection(MAX_CALLS_PER_CONNECTION)
            .maxRstFramesPerWindow(MAX_RESETS_PER_30_SECONDS, 30)
            .maxConnectionIdle(5, TimeUnit.MINUTES)
            .permitKeepAliveTime(10, TimeUnit.SECONDS)
            .permitKeepAliveWithoutCalls(true)
            .addService(api.definition())
            // The last one added sees a call first: errors of everything inside are mapped, and
            // counted.
            .intercept(new ChannelSecurity.Interceptor())
            .intercept(new CallLimits(timer, CallLimits.LONGEST_CALL))
            .intercept(drain.gate())
            .intercept(new ErrorMapping())
            .intercept(metrics)
            .intercept(traces)
            .build();
    try {
      server.start();
    } catch (IOException e) {
      calls.shutdownNow();
      timer.shutdownNow();
      throw new UncheckedIOException("alts.ca.machine.port: cannot listen on " + address, e);
    }
    running = new Running(server, calls, timer);
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
    stopping.timer().shutdownNow();
    stopping.calls().shutdown();
  }

  @Override
  public synchronized boolean isRunning() {
    return running != null;
  }
}
