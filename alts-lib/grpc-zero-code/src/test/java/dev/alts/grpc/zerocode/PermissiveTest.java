package dev.alts.grpc.zerocode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alts.peer.CredentialSource;
import dev.alts.report.ClearTextPeer;
import dev.alts.report.Direction;
import dev.alts.testing.party.BufferLeaks;
import dev.alts.testing.party.TestParty;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A fleet on its way from clear text to ALTS, over real connections. */
@ExtendWith(BufferLeaks.class)
class PermissiveTest {
  private final TestParty party = TestParty.ofNewDomain();
  private final Network network = new Network();
  private final CredentialSource shop = CredentialSource.of(party.snapshot("/shop"));
  private final CredentialSource orders = CredentialSource.of(party.snapshot("/orders"));

  @AfterEach
  void stop() throws InterruptedException {
    network.close();
  }

  @Test
  void twoThatSpeakAltsSpeakIt() throws Exception {
    Server server = serveTakenOver(network.permissive(orders));

    assertThat(Echo.askOnce(connectTakenOver(network.permissive(shop), server)))
        .isEqualTo("orders saw " + party.domain().id("/shop"));
    assertThat(network.report.contents().clearTextPeers()).isEmpty();
  }

  @Test
  void anEnforcingServerIsSpokenToInAlts() throws Exception {
    Server server = serveTakenOver(network.enforcing(orders));

    assertThat(Echo.askOnce(connectTakenOver(network.permissive(shop), server)))
        .isEqualTo("orders saw " + party.domain().id("/shop"));
  }

  @Test
  void aClientInClearTextIsServedCountedAndNamed() throws Exception {
    Server server = serveTakenOver(network.permissive(orders));
    ManagedChannel ordinary =
        network.connect(NettyChannelBuilder.forTarget(Network.target(server)).usePlaintext());

    assertThat(Echo.askOnce(ordinary)).isEqualTo("orders saw nobody");
    assertThat(clearTextPeers())
        .singleElement()
        .satisfies(peer -> {
          assertThat(peer.direction()).isEqualTo(Direction.INCOMING);
          assertThat(peer.name()).isIn("127.0.0.1", "0:0:0:0:0:0:0:1");
          assertThat(peer.connections()).isEqualTo(1);
        });
  }

  @Test
  void aServerInClearTextIsCalledAtTheFirstAttemptCountedAndRemembered() throws Exception {
    Server clear = serveClearText();

    assertThat(Echo.askOnce(connectTakenOver(network.permissive(shop), clear)))
        .isEqualTo("clear saw nobody");
    assertThat(Echo.askOnce(connectTakenOver(network.permissive(shop), clear)))
        .isEqualTo("clear saw nobody");

    assertThat(clearTextPeers())
        .singleElement()
        .satisfies(peer -> {
          assertThat(peer.direction()).isEqualTo(Direction.OUTGOING);
          assertThat(peer.name()).isEqualTo(Network.target(clear));
          assertThat(peer.connections()).isEqualTo(2);
        });
  }

  @Test
  void aServerThatHasLearntAltsIsNotShutOutByWhatIsRemembered() throws Exception {
    Server server = serveTakenOver(network.enforcing(orders));
    for (String loopback : List.of("127.0.0.1", "::1")) {
      network.clearText.speaksClearText(
          new ClearTextServers.Server(
              Network.target(server), new InetSocketAddress(loopback, server.getPort())));
    }

    assertThat(Echo.ask(connectTakenOver(network.permissive(shop), server)))
        .isEqualTo("orders saw " + party.domain().id("/shop"));
  }

  @Test
  void aServerThatWentBackToClearTextIsNotShutOutByWhatIsRemembered() throws Exception {
    Server clear = serveClearText();
    for (String loopback : List.of("127.0.0.1", "::1")) {
      network.clearText.speaksAlts(
          new ClearTextServers.Server(
              Network.target(clear), new InetSocketAddress(loopback, clear.getPort())));
    }

    assertThat(Echo.ask(connectTakenOver(network.permissive(shop), clear)))
        .isEqualTo("clear saw nobody");
  }

  @Test
  void aServerThatSpeaksAltsButIsTheWrongOneIsNotSpokenToInClearText() throws Exception {
    CredentialSource stranger = CredentialSource.of(TestParty.ofNewDomain().snapshot("/orders"));
    Server impostor = serveTakenOver(network.permissive(stranger));
    ManagedChannel channel = connectTakenOver(network.permissive(shop), impostor);

    for (int attempt = 0; attempt < 3; attempt++) {
      assertThatThrownBy(() -> Echo.askOnce(channel)).isInstanceOf(StatusRuntimeException.class);
    }
    assertThat(clearTextPeers()).isEmpty();
  }

  @Test
  void withoutAnAgentItSpeaksClearText(@TempDir Path directory) throws Exception {
    Server clear = serveClearText();

    assertThat(Echo.askOnce(connectTakenOver(network.permissive(NoAgent.in(directory)), clear)))
        .isEqualTo("clear saw nobody");
  }

  private List<ClearTextPeer> clearTextPeers() {
    return network.report.contents().clearTextPeers();
  }

  private Server serveTakenOver(Takeover takeover) throws Exception {
    return network.serve(new ZeroCodeServerProvider(takeover).builderForPort(0), "orders");
  }

  private Server serveClearText() throws Exception {
    return network.serve(Network.clearTextServer(), "clear");
  }

  private ManagedChannel connectTakenOver(Takeover takeover, Server server) {
    return network.connect(
        new ZeroCodeChannelProvider(takeover)
            .builderForTarget(Network.target(server))
            .usePlaintext());
  }
}
