package dev.alts.agent.fake;

import dev.alts.agent.Agent;
import dev.alts.agent.AgentConfig;
import dev.alts.agent.upstream.CaAddresses;
import dev.alts.agent.upstream.StartRefusedException;
import dev.alts.identity.document.BootstrapToken;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;

/** An agent in this JVM with its own directories, and channels to its socket. */
public final class RunningAgent implements AutoCloseable {
  private final Agent agent;
  private final AgentConfig config;
  private final EventLoopGroup clientLoops =
      new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
  private final List<ManagedChannel> channels = new ArrayList<>();

  private RunningAgent(Agent agent, AgentConfig config) {
    this.agent = agent;
    this.config = config;
  }

  public static AgentConfig config(Path directory, String ca, BootstrapToken token)
      throws IOException {
    Path tokenFile = directory.resolve("token");
    Files.writeString(tokenFile, token.exposeText());
    return new AgentConfig(
        CaAddresses.parse(ca),
        directory.resolve("data"),
        directory.resolve("run/agent.sock"),
        tokenFile,
        Level.INFO,
        false,
        null,
        4096,
        null);
  }

  /** {@return the same, with the handshaker on a port of loopback; 0: any} */
  public static AgentConfig withHandshakerPort(AgentConfig config, int port) {
    return withHandshaker(config, new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
  }

  public static AgentConfig withHandshaker(AgentConfig config, InetSocketAddress address) {
    return new AgentConfig(
        config.ca(),
        config.dataDirectory(),
        config.socket(),
        config.joinTokenFile(),
        config.logLevel(),
        config.logJson(),
        config.traceCollector(),
        config.maxConnectionsPerUser(),
        address);
  }

  public static RunningAgent start(AgentConfig config)
      throws StartRefusedException, InterruptedException {
    return startWithoutWaiting(config).awaitReady();
  }

  public static RunningAgent startWithoutWaiting(AgentConfig config) throws StartRefusedException {
    return new RunningAgent(Agent.start(config), config);
  }

  public RunningAgent awaitReady() throws InterruptedException {
    if (!agent.awaitReady(Duration.ofSeconds(20))) {
      throw new AssertionError("the agent was not ready after 20 s");
    }
    return this;
  }

  public AgentConfig config() {
    return config;
  }

  public int handshakerPort() {
    return agent.handshakerPort().orElseThrow();
  }

  public Path socket() {
    return config.socket();
  }

  public ManagedChannel connect() {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress(new DomainSocketAddress(config.socket().toFile()))
            .channelType(EpollDomainSocketChannel.class)
            .eventLoopGroup(clientLoops)
            .usePlaintext()
            .build();
    channels.add(channel);
    return channel;
  }

  @Override
  public void close() {
    channels.forEach(ManagedChannel::shutdownNow);
    agent.close();
    clientLoops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }
}
