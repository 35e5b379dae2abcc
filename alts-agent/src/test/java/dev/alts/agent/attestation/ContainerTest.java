package dev.alts.agent.attestation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alts.agent.fake.ContainerEngine;
import dev.alts.agent.fake.FakeCa;
import dev.alts.agent.fake.PeerScript;
import dev.alts.agent.fake.RunningAgent;
import dev.alts.api.fact.v1.Fact;
import dev.alts.identity.fact.FactValue;
import dev.alts.testing.TestTrustDomain;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Processes in real containers ask the agent of their host, whose socket is mounted: other mount,
 * pid and user namespaces, and programs that the container's owner chose.
 */
@Tag("containers")
@Timeout(180)
class ContainerTest {
  private static final String PYTHON = "/usr/bin/python3";
  private static final String SCRIPT = "/mnt/peer.py";
  private static final String SOCKET = "/mnt/run/agent.sock";

  @TempDir static Path directory;
  private static ContainerEngine engine;
  private static FakeCa ca;
  private static RunningAgent agent;

  @BeforeAll
  static void start() throws Exception {
    engine = ContainerEngine.start();
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    PeerScript.in(directory);
    ca = FakeCa.of(TestTrustDomain.of("demo.alts", Instant.now()));
    List<FakeCa.Rule> rules = new ArrayList<>();
    rules.add(
        new FakeCa.Rule(
            "by path",
            facts ->
                facts.get("workload.unix.path") instanceof Fact path
                    && path.getStringValue().endsWith("/other-program"),
            "/demo/other-program",
            ""));
    for (long uid : new long[] {1000, 1001}) {
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

  @AfterAll
  static void stop() throws Exception {
    if (agent != null) {
      agent.close();
      ca.close();
    }
    if (engine != null) {
      engine.close();
    }
  }

  @Test
  void processInAContainerHasTheUserThatTheHostSees() throws Exception {
    assertThat(connectAs("1000:1000")).isEqualTo("DATA spiffe://demo.alts/demo/u1000");
    assertThat(connectAs("1001:1001")).isEqualTo("DATA spiffe://demo.alts/demo/u1001");
    assertThat(connectAs("1002:1002")).as("a user whom no rule names").isEqualTo("END");
  }

  @Test
  @Tag("abuse-20")
  void rootOfAUserNamespaceInAContainerHasItsOutsideUser() throws Exception {
    String answer =
        engine.run(
            directory,
            "1001:1001",
            "/usr/bin/unshare",
            "--user",
            "--map-root-user",
            PYTHON,
            SCRIPT,
            "thread-ended",
            SOCKET);

    assertThat(answer).isEqualTo("DATA spiffe://demo.alts/demo/u1001");
  }

  @Test
  @Tag("abuse-18")
  void connectionPassedInsideAContainerKeepsTheIdentityOfWhoConnected() throws Exception {
    assertThat(engine.run(directory, "0:0", PYTHON, SCRIPT, "passed", SOCKET, "lives"))
        .isEqualTo("DATA spiffe://demo.alts/demo/u1000");
    assertThat(engine.run(directory, "0:0", PYTHON, SCRIPT, "passed", SOCKET, "dies"))
        .isIn("END", "EOF");
  }

  @Test
  @Tag("abuse-19")
  void programAtAPathThatTheContainersOwnerChoseIsNotBelieved() throws Exception {
    Path program = directory.resolve("other-program");
    Files.copy(PeerScript.python(), program);
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    String[] inContainer = {PYTHON, SCRIPT, "executed", SOCKET, "/mnt/other-program"};

    assertThat(engine.run(directory, "1234:1234", inContainer)).isEqualTo("END");
    assertThat(ca.items)
        .flatExtracting(item -> item.getFactsList().stream().map(Fact::getName).toList())
        .doesNotContain("workload.unix.path");
  }

  @Test
  @Tag("abuse-19")
  void agentSaysWhyAContainersProcessHasNoPath() throws Exception {
    int pid = engine.start(directory, "1000:1000", "/usr/bin/sleep", "120");
    try (PeerProcess process = PeerProcess.of(byPid(), -1, pid, 1000, 1000)) {
      WorkloadFacts facts =
          new UnixWorkloadAttestor().attest(process, new FactFootprint(Set.of("workload.unix")));

      assertThat(facts.missing())
          .anySatisfy(reason ->
              assertThat(reason)
                  .startsWith("workload.unix.path")
                  .contains("another mount namespace"));
      assertThat(facts.facts())
          .anySatisfy(fact -> {
            assertThat(fact.name()).isEqualTo("workload.unix.sha256");
            assertThat(fact.value())
                .isEqualTo(new FactValue.Text(sha256(Path.of("/usr/bin/sleep"))));
          });
    }
  }

  private static String connectAs(String user) throws Exception {
    return engine.run(directory, user, PYTHON, SCRIPT, "thread-ended", SOCKET);
  }

  private static PidfdSource byPid() {
    return new PidfdSource() {
      @Override
      public int ofPeer(int socket) throws KernelException {
        throw new KernelException("getsockopt(SO_PEERPIDFD)", KernelException.ENOPROTOOPT);
      }

      @Override
      public int ofPid(int pid) throws KernelException {
        return Kernel.pidfdOpen(pid);
      }
    };
  }

  private static String sha256(Path file) throws Exception {
    return HexFormat.of()
        .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
  }
}
