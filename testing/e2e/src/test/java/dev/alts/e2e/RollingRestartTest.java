package dev.alts.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.alts.demo.Story;
import dev.alts.demo.scene.Cast;
import dev.alts.demo.scene.Opening;
import dev.alts.demo.stage.Agent;
import dev.alts.demo.stage.CertificateAuthority;
import dev.alts.demo.stage.CommandLine;
import dev.alts.demo.stage.Programs;
import dev.alts.demo.stage.Stage;
import dev.alts.demo.stage.Workload;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Two replicas are restarted in turn, as docs/operate/replicas.md says, while an agent has all its
 * certificates replaced again and again, an admin works with altsctl, and a workload calls another.
 */
@Tag("chaos")
@Timeout(900)
class RollingRestartTest {
  private static final String MACHINE = "restarted";
  private static final int ROUNDS = 2;

  /** Longer than calls may take to finish: a replica that has to be killed was not drained. */
  private static final Duration LONGEST_END = Duration.ofMinutes(2);

  /** Of a JVM that SIGTERM ended. */
  private static final int TERMINATED = 128 + 15;

  @Test
  void noRequestFailsWhileReplicasAreRestartedInTurn() throws Exception {
    Story silent = new Story(new PrintStream(PrintStream.nullOutputStream()), false);
    try (Stage stage = Stage.open(Programs.ofThisBuild())) {
      Cast cast = new Opening(stage, silent).play();
      CertificateAuthority one = cast.ca().startReplica(stage, "ca-one");
      CertificateAuthority two = cast.ca().startReplica(stage, "ca-two");
      CertificateAuthority both = one.and(two);
      Agent agent = Agent.start(stage, "agent-of-both", both, token(cast.admin()));
      Workload shop = Cast.startClient(stage, Cast.SHOP, agent);
      assertThat(shop.await("identity").get("spiffeId").getAsString())
          .isEqualTo(Cast.id("/demo/shop"));
      shop.tell("keep-calling " + cast.paymentsAddress());
      AtomicBoolean stop = new AtomicBoolean();
      CompletableFuture<Integer> admin = work(new CommandLine(stage, both, "ada"), stop);

      for (int round = 0; round < ROUNDS; round++) {
        one = restart(stage, cast.ca(), "ca-one", one);
        two = restart(stage, cast.ca(), "ca-two", two);
      }
      stop.set(true);

      assertThat(admin.get(3, TimeUnit.MINUTES)).as("commands of the admin").isPositive();
      JsonObject report = shop.ask("stop", "stopped");
      assertThat(report.get("calls").getAsInt()).isPositive();
      assertThat(report.getAsJsonObject("failures").entrySet()).isEmpty();
      assertThatTheAgentMovedAndMissedNothing(agent.process().log());
    }
  }

  private static CertificateAuthority restart(
      Stage stage, CertificateAuthority founder, String name, CertificateAuthority replica)
      throws InterruptedException {
    assertThat(replica.process().terminate(LONGEST_END)).as("%s ended", name).isEqualTo(TERMINATED);
    assertThat(replica.process().log())
        .as("log of %s", name)
        .anyMatch(line -> line.contains("Draining"))
        .noneMatch(line -> line.contains("Calls cut"));
    return founder.startReplicaAgain(stage, name, replica);
  }

  private static void assertThatTheAgentMovedAndMissedNothing(List<String> log) {
    assertThat(log)
        .anyMatch(line -> line.contains("watch: lost"))
        .anyMatch(line -> line.contains("rotated: "))
        .noneMatch(line -> line.contains("renewal failed"))
        .noneMatch(line -> line.contains(" SEVERE "));
  }

  private static String token(CommandLine admin) throws InterruptedException {
    return admin
        .ask("token", "create", "--machine=" + MACHINE, "--boundary=demo-room", "--label=env=demo")
        .getAsJsonObject()
        .get("token")
        .getAsString();
  }

  /** Each rotation makes the agent ask for every certificate anew; a command that fails throws. */
  private static CompletableFuture<Integer> work(CommandLine admin, AtomicBoolean stop) {
    return CompletableFuture.supplyAsync(() -> {
      int done = 0;
      try {
        while (!stop.get()) {
          admin.ask("machine", "rotate", MACHINE);
          admin.ask("machine", "list");
          done += 2;
        }
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      return done;
    });
  }
}
