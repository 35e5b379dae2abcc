package dev.alts.agent.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alts.agent.AgentConfig;
import dev.alts.agent.fake.FakeCa;
import dev.alts.agent.fake.RunningAgent;
import dev.alts.agent.tracing.Traces;
import dev.alts.identity.document.BootstrapToken;
import dev.alts.testing.TestTrustDomain;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** First contact, with the right CA and with others in its place. */
@Timeout(60)
class BootstrapTest {
  @TempDir Path directory;
  private final Instant now = Instant.now();
  private final TestTrustDomain domain = TestTrustDomain.of("demo.alts", now);

  @Test
  void secretAndKeysGoToTheCaThatTheTokenNames() throws Exception {
    try (FakeCa ca = FakeCa.of(domain);
        BootstrapToken token = ca.mintToken();
        RunningAgent agent = RunningAgent.start(config(ca, token))) {
      assertThat(ca.evidence).hasSize(1);
      assertThat(ca.evidence.getFirst().toByteArray()).isEqualTo(token.secret().exposeCopy());
    }
  }

  @Test
  void manInTheMiddleWithAnotherCaGetsNeitherSecretNorKey() throws Exception {
    TestTrustDomain attackers = TestTrustDomain.of("demo.alts", now);
    try (FakeCa genuine = FakeCa.of(domain);
        FakeCa attacker = FakeCa.of(attackers)) {
      assertThatThrownBy(
              () -> RunningAgent.startWithoutWaiting(config(attacker, genuine.mintToken())))
          .isInstanceOf(StartRefusedException.class)
          .hasMessageContaining("is not the CA that the join token is for")
          .hasMessageContaining("the token's secret was not sent");

      assertThat(attacker.trustDocumentRequests).hasValue(1);
      assertThat(attacker.evidence).isEmpty();
      assertThat(attacker.machineKeys).isEmpty();
    }
  }

  @Test
  void manInTheMiddleWhoRelaysTheRightTrustDocumentGetsNeitherSecretNorKey() throws Exception {
    TestTrustDomain attackers = TestTrustDomain.of("demo.alts", now);
    // The document is public: the attacker hands out the genuine one, but has no key for /ca.
    refusesServerWith(attackers.tls("/ca"), "UNTRUSTED");
  }

  @Test
  void workloadsCertificateIsNotTakenForTheCa() throws Exception {
    refusesServerWith(domain.tls("/demo/web"), "is not accepted here");
  }

  @Test
  void machinesCertificateIsNotTakenForTheCa() throws Exception {
    refusesServerWith(domain.tls("/machine/m-2"), "is not accepted here");
  }

  @Test
  void expiredCertificateIsNotTakenForTheCa() throws Exception {
    refusesServerWith(
        domain.svid(
            "/ca",
            domain.attributes("/ca").withMayDelegate(false),
            request ->
                request.validity(now.minus(Duration.ofHours(5)), now.minus(Duration.ofHours(1)))),
        "EXPIRED");
  }

  @Test
  void damagedTokenIsExplainedWithoutShowingIt() throws Exception {
    try (FakeCa ca = FakeCa.of(domain)) {
      AgentConfig config = config(ca, ca.mintToken());
      String text = Files.readString(config.joinTokenFile());
      Files.writeString(config.joinTokenFile(), text.substring(0, text.length() - 1));

      assertThatThrownBy(() -> RunningAgent.startWithoutWaiting(config))
          .hasMessageContaining("join token file")
          .message()
          .doesNotContain(text.substring(6, 40));
      assertThat(ca.trustDocumentRequests).hasValue(0);
    }
  }

  @Test
  void agentWithoutTokenSaysWhatToDo() throws Exception {
    try (FakeCa ca = FakeCa.of(domain)) {
      AgentConfig with = config(ca, ca.mintToken());
      AgentConfig without =
          new AgentConfig(
              with.ca(),
              with.dataDirectory(),
              with.socket(),
              null,
              with.logLevel(),
              with.logJson(),
              with.traceCollector(),
              with.maxConnectionsPerUser(),
              with.handshakerTcp());

      assertThatThrownBy(() -> RunningAgent.startWithoutWaiting(without))
          .hasMessageContaining("altsctl token create");
    }
  }

  private void refusesServerWith(dev.alts.testing.TestSvid shown, String why) throws Exception {
    try (FakeCa impostor = FakeCa.showing(domain, shown)) {
      CaUnavailableOrRefused failure = new CaUnavailableOrRefused();
      failure.of(impostor);

      assertThat(failure.message).contains(why);
      assertThat(impostor.trustDocumentRequests).hasValue(1);
      assertThat(impostor.evidence).isEmpty();
      assertThat(impostor.machineKeys).isEmpty();
    }
  }

  /** One attempt to join, without the patience of an agent's start. */
  private final class CaUnavailableOrRefused {
    private String message = "";

    void of(FakeCa impostor) throws Exception {
      var loops =
          new io.netty.channel.MultiThreadIoEventLoopGroup(
              1, io.netty.channel.epoll.EpollIoHandler.newFactory());
      try (BootstrapToken token = impostor.mintToken()) {
        new Bootstrap(
                new CaChannels(CaAddresses.parse(impostor.address()), loops, Traces.off()),
                new CaTrust(Instant::now)::accordingTo,
                new java.security.SecureRandom(),
                "test")
            .join(token);
      } catch (CaUnavailableException | StartRefusedException e) {
        message = e.getMessage();
      } finally {
        loops.shutdownGracefully(0, 1, java.util.concurrent.TimeUnit.SECONDS).sync();
      }
    }
  }

  private AgentConfig config(FakeCa ca, BootstrapToken token) throws Exception {
    return RunningAgent.config(directory, ca.address(), token);
  }
}
