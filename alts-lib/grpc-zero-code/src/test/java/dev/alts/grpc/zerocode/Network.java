package dev.alts.grpc.zerocode;

import dev.alts.peer.CredentialSource;
import dev.alts.report.ConnectionReport;
import io.grpc.InsecureServerCredentials;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Servers and channels of one test, ended with it, and the providers that it asks for them. */
final class Network implements AutoCloseable {
  final ConnectionReport report = new ConnectionReport(InstantSource.system());
  final ClearTextServers clearText =
      new ClearTextServers(Duration.ofHours(1), InstantSource.system(), report);
  private final List<Server> servers = new ArrayList<>();
  private final List<ManagedChannel> channels = new ArrayList<>();

  /** {@return what a process with these settings shares} */
  Takeover takeover(CredentialSource source, Map<String, String> settings) {
    Settings read = Settings.of(settings::get);
    return new Takeover(
        read,
        read.mode() == Mode.PERMISSIVE
            ? new Protection.Permissive(() -> source, clearText, report)
            : new Protection.Enforced(() -> source),
        new TakeoverLog());
  }

  Takeover enforcing(CredentialSource source) {
    return takeover(source, Map.of());
  }

  Takeover permissive(CredentialSource source) {
    return takeover(source, Map.of(Settings.MODE, "permissive"));
  }

  /** {@return a server that nobody takes over, on loopback} */
  static ServerBuilder<?> clearTextServer() {
    return NettyServerBuilder.forAddress(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
        InsecureServerCredentials.create());
  }

  /**
   * {@return a server that says who called it} What the providers make listens where programs that
   * give a port alone listen: on every address.
   */
  Server serve(ServerBuilder<?> builder, String name) throws IOException {
    Server server = builder.addService(Echo.named(name)).build().start();
    servers.add(server);
    return server;
  }

  ManagedChannel connect(ManagedChannelBuilder<?> builder) {
    ManagedChannel channel = builder.build();
    channels.add(channel);
    return channel;
  }

  static String target(Server server) {
    return "localhost:" + server.getPort();
  }

  void stop(Server server) throws InterruptedException {
    server.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
  }

  @Override
  public void close() throws InterruptedException {
    for (ManagedChannel channel : channels) {
      channel.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
    }
    for (Server server : servers) {
      stop(server);
    }
  }
}
