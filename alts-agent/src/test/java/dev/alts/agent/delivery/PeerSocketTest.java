package dev.alts.agent.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.alts.agent.attestation.OwnProcess;
import dev.alts.agent.fake.Descriptors;
import dev.alts.agent.fake.FakeCa;
import dev.alts.agent.fake.PeerScript;
import dev.alts.agent.fake.Poll;
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

/**
 * Whose identity a connection has. Identity is of the process that connected: while it lives,
 * whoever uses its connection acts in its name; once it has gone, the connection is worth nothing.
 */
@Timeout(600)
class PeerSocketTest {
  @TempDir Path directory;
  private FakeCa ca;
  private RunningAgent agent;
  private PeerScript peer;

  @BeforeEach
  void start() throws Exception {
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    peer = PeerScript.in(directory);
    ca = FakeCa.of(TestTrustDomain.of("demo.alts", Instant.now()));
    List<FakeCa.Rule> rules = new ArrayList<>();
    rules.add(
        new FakeCa.Rule(
            "by path",
            facts -> facts.get("workload.unix.path").getStringValue().endsWith("/other-program"),
            "/demo/other-program",
            ""));
    for (long uid : new long[] {0, 1000, 1001}) {
      rules.add(
          new FakeCa.Rule(
              "user " + uid,
              facts -> facts.get("workload.unix.uid").getIntValue() == uid,
              "/demo/u" + uid,
              ""));
    }
    ca.rules = rules;
    agent = RunningAgent.start(RunningAgent.config(directory, ca.address(), ca.mintToken()));
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
  void passedConnectionKeepsTheIdentityOfWhoConnected() throws Exception {
    requireRoot();
    assertThat(run("passed", "lives")).isEqualTo("DATA spiffe://demo.alts/demo/u1000");
  }

  @Test
  @Tag("abuse-18")
  void passedConnectionOfADeadProcessIsWorthNothing() throws Exception {
    requireRoot();
    assertThat(run("passed", "dies")).isIn("END", "EOF");
    assertThat(ca.items).isEmpty();
  }

  @Test
  @Tag("abuse-18")
  void forkedChildActsInTheNameOfItsLivingParent() throws Exception {
    requireRoot();
    assertThat(run("forked", "lives")).isEqualTo("DATA spiffe://demo.alts/demo/u1000");
  }

  @Test
  @Tag("abuse-18")
  void forkedChildOfADeadProcessGetsNothing() throws Exception {
    requireRoot();
    assertThat(run("forked", "dies")).isIn("END", "EOF");
    assertThat(ca.items).isEmpty();
  }

  @Test
  @Tag("abuse-18")
  void programThatRunsAtTheTimeOfTheCallCounts() throws Exception {
    Path other = directory.resolve("other-program");
    Files.copy(PeerScript.python(), other);
    Files.setPosixFilePermissions(other, PosixFilePermissions.fromString("rwxr-xr-x"));

    assertThat(run("executed", other.toString()))
        .isEqualTo("DATA spiffe://demo.alts/demo/other-program");
  }

  @Test
  @Tag("abuse-18")
  void processThatChangedItsUserHasToConnectAgain() throws Exception {
    requireRoot();
    assertThat(run("changed-user")).isIn("END", "EOF");
    assertThat(ca.items).isEmpty();
  }

  @Test
  @Tag("abuse-18")
  void effectiveUserAtTheTimeOfConnectingCounts() throws Exception {
    requireRoot();
    // As with a setuid helper: real user 1000, effective user 1001.
    assertThat(run("effective-user")).isEqualTo("DATA spiffe://demo.alts/demo/u1001");
  }

  @Test
  @Tag("abuse-18")
  void connectionOutlivesTheThreadThatMadeIt() throws Exception {
    assertThat(run("thread-ended"))
        .isEqualTo("DATA spiffe://demo.alts/demo/u" + Integer.toUnsignedString(OwnProcess.uid()));
  }

  @Test
  @Tag("abuse-16")
  void processesThatConnectAndDieLeaveNoDescriptorBehind() throws Exception {
    assertThat(run("thread-ended")).startsWith("DATA");
    int before = Descriptors.open();

    assertThat(run("storm", Suite.CHAOS.runs() ? "100000" : "2000")).isEqualTo("done");

    Poll.until("descriptors are back to where they were", () -> Descriptors.open() <= before + 2);
    assertThat(run("thread-ended")).startsWith("DATA");
  }

  @Test
  @Tag("abuse-24")
  void socketIsOpenToAllInADirectoryThatIsNot() throws Exception {
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(agent.socket())))
        .isEqualTo("rw-rw-rw-");
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(agent.socket().getParent())))
        .isEqualTo("rwxr-xr-x");
  }

  private String run(String part, String... arguments) throws Exception {
    List<String> all = new ArrayList<>(List.of(part, agent.socket().toString()));
    all.addAll(List.of(arguments));
    return peer.run(all.toArray(String[]::new));
  }

  private static void requireRoot() {
    assumeTrue(OwnProcess.uid() == 0, "processes of several users need root");
  }
}
