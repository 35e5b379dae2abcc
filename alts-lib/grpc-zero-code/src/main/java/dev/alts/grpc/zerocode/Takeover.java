package dev.alts.grpc.zerocode;

import dev.alts.credentials.AgentCredentialSource;
import dev.alts.credentials.AgentSocket;
import dev.alts.report.ConnectionReport;
import io.grpc.ChannelCredentials;
import io.grpc.ServerCredentials;
import io.grpc.netty.InternalNettyChannelCredentials;
import io.grpc.netty.InternalNettyServerCredentials;
import io.grpc.netty.InternalProtocolNegotiator;
import io.grpc.netty.InternalProtocolNegotiator.ProtocolNegotiator;
import java.time.Duration;
import java.time.InstantSource;

/**
 * What the providers of this process share: its settings, and the protection of what they take
 * over. Thread-safe.
 *
 * @param protection of every connection that is taken over
 */
record Takeover(Settings settings, Protection protection, TakeoverLog log) {
  // what gRPC assumes of targets without a port when they are in clear text, and else
  static final int CLEAR_TEXT_PORT = 80;
  static final int TLS_PORT = 443;

  // a permissive process must not stand still for long where there is no agent yet
  private static final Duration PERMISSIVE_PATIENCE = Duration.ofSeconds(3);
  private static final Duration CLEAR_TEXT_REMEMBERED = Duration.ofMinutes(5);

  /** Made at first use, which is gRPC's loading of its providers. */
  private static final class OfThisProcess {
    static final Takeover INSTANCE = of(Settings.ofThisProcess());
  }

  static Takeover ofThisProcess() {
    return OfThisProcess.INSTANCE;
  }

  private static Takeover of(Settings settings) {
    AgentCredentialSource.Settings agent = AgentCredentialSource.Settings.ofThisProcess();
    TakeoverLog log = new TakeoverLog();
    Protection protection =
        switch (settings.mode()) {
          case PERMISSIVE ->
              new Protection.Permissive(
                  new ProcessCredentials(agent.withFirstSnapshotTimeout(PERMISSIVE_PATIENCE)),
                  new ClearTextServers(
                      CLEAR_TEXT_REMEMBERED,
                      InstantSource.system(),
                      ConnectionReport.OF_THIS_PROCESS),
                  ConnectionReport.OF_THIS_PROCESS);
          case ENFORCE, OFF -> new Protection.Enforced(new ProcessCredentials(agent));
        };
    log.started(settings, AgentSocket.ofThisProcess().toString());
    return new Takeover(settings, protection, log);
  }

  /** {@return whether the providers have anything to do} */
  boolean isOn() {
    return settings.mode() != Mode.OFF;
  }

  /** {@return what makes the negotiator of a channel whose targets mean this port by default} */
  InternalProtocolNegotiator.ClientFactory clients(int defaultPort) {
    return new InternalProtocolNegotiator.ClientFactory() {
      @Override
      public ProtocolNegotiator newNegotiator() {
        return protection.newClient();
      }

      @Override
      public int getDefaultPort() {
        return defaultPort;
      }
    };
  }

  ChannelCredentials channelCredentials() {
    return InternalNettyChannelCredentials.create(clients(CLEAR_TEXT_PORT));
  }

  ServerCredentials serverCredentials() {
    InternalProtocolNegotiator.ServerFactory servers = offloadExecutors -> protection.newServer();
    return InternalNettyServerCredentials.create(servers);
  }
}
