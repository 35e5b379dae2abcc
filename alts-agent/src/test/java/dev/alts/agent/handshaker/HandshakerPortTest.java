package dev.alts.agent.handshaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.alts.agent.attestation.OwnProcess;
import dev.alts.agent.fake.FakeCa;
import dev.alts.agent.fake.PeerScript;
import dev.alts.agent.fake.RunningAgent;
import dev.alts.testing.Suite;
import dev.alts.testing.TestTrustDomain;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whose identity a TCP connection to the handshaker has: of who owns its socket, or nobody's. */
@Timeout(600)
class HandshakerPortTest {
  @TempDir Path directory;
  private FakeCa ca;
  private RunningAgent agent;
  private PeerScript peer;

  @BeforeEach
  void start() throws Exception {
    assumeTrue(OwnProcess.uid() == 0, "processes of several users need root");
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    peer = PeerScript.in(directory);
    ca = FakeCa.of(TestTrustDomain.of("demo.alts", Instant.now()));
    List<FakeCa.Rule> rules = new ArrayList<>();
    for (long uid : new long[] {0, 1000, 1001}) {
      rules.add(
          new FakeCa.Rule(
              "user " + uid,
              facts -> facts.get("workload.unix.uid").getIntValue() == uid,
              "/demo/u" + uid,
              ""));
    }
    ca.rules = rules;
    agent =
        RunningAgent.start(
            RunningAgent.withHandshakerPort(
                RunningAgent.config(directory, ca.address(), ca.mintToken()), 0));
  }

  @AfterEach
  void stop() {
    if (agent != null) {
      agent.close();
      ca.close();
    }
  }

  @Test
  @Tag("abuse-18")
  void ownerOfTheSocketIsTheCaller() throws Exception {
    assertThat(tcp("alone")).isEqualTo("DATA spiffe://demo.alts/demo/u1000");
  }

  @Test
  @Tag("abuse-20")
  void rootOfAUserNamespaceIsWhoItIsOutside() throws Exception {
    String answer = tcp("namespaced");
    assumeTrue(!answer.equals("UNSUPPORTED"), "this machine makes no user namespaces");

    assertThat(answer).isEqualTo("DATA spiffe://demo.alts/demo/u1000");
  }

  @Test
  @Tag("abuse-18")
  void socketThatProcessesOfSeveralUsersHoldIsNobodys() throws Exception {
    assertThat(tcp("shared")).isEqualTo("EOF");
    assertThat(ca.items).isEmpty();
  }

  @Test
  @Tag("abuse-18")
  void socketOfAProcessThatChangedItsUserIsNobodys() throws Exception {
    assertThat(tcp("changed-user")).isIn("EOF", "END");
    assertThat(ca.items).isEmpty();
  }

  @Test
  @Tag("abuse-18")
  void connectionOfADeadProcessIsWorthNothing() throws Exception {
    assertThat(tcp("dies")).isIn("EOF", "END", "");
    assertThat(ca.items).isEmpty();
  }

  @Test
  @Tag("abuse-18")
  void portThatIsUsedAgainNeverGivesAnIdentityToAnotherUser() throws Exception {
    int rounds = Suite.CHAOS.runs() ? 1_200 : 25;

    String counted =
        peer.run("port-reuse", Integer.toString(agent.handshakerPort()), Integer.toString(rounds));

    assertThat(counted.split(";"))
        .containsExactlyInAnyOrder("1000:%d:".formatted(rounds), "1001:%d:".formatted(rounds));
  }

  private String tcp(String part) throws Exception {
    return peer.run("tcp", Integer.toString(agent.handshakerPort()), part);
  }
}
