package dev.alts.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.alts.demo.Story;
import dev.alts.demo.scene.Cast;
import dev.alts.demo.scene.Opening;
import dev.alts.demo.stage.Agent;
import dev.alts.demo.stage.Programs;
import dev.alts.demo.stage.Stage;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Real agents, whose machine certificates live for seconds: one that is killed, one that is copied.
 */
class CopiedMachineTest {
  private static final Story SILENT =
      new Story(new PrintStream(PrintStream.nullOutputStream()), false);
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private static Stage stage;
  private static Cast cast;

  @BeforeAll
  static void openTheStage() throws Exception {
    stage = Stage.open(Programs.ofThisBuild());
    cast =
        new Opening(
                stage,
                SILENT,
                Map.of("ALTS_CA_LIFETIMES_MACHINE", "20s", "ALTS_CA_MACHINE_RENEWALGRACE", "1s"))
            .play();
  }

  @AfterAll
  static void stopEverything() {
    stage.close();
  }

  @Test
  @Tag("abuse-9")
  void killedAgentGoesOnAndACopyOfItsDirectoryStopsBoth() throws Exception {
    Agent agent = Agent.start(stage, "victim", cast.ca(), token("victim"));
    for (int i = 0; i < 4; i++) {
      agent.process().crash();
      agent = Agent.startAgain(stage, "victim", cast.ca());
    }
    assertThat(machine("victim").has("copied")).as("a machine that crashed").isFalse();

    copyDirectory("victim", "thief");
    Agent thief = Agent.startAgain(stage, "thief", cast.ca());

    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!machine("victim").has("copied")) {
      assertThat(System.nanoTime()).as("no alarm").isLessThan(deadline);
    }
    awaitLog(agent, deadline, "attest again", "turned this machine away");
    awaitLog(thief, deadline, "attest again", "turned this machine away");
    assertThat(cast.admin().ask("revocation", "list").toString())
        .contains("victim", "keyCompromise");
    assertThat(machine(Cast.MACHINE).has("copied")).as("one that only renews").isFalse();
  }

  private static void awaitLog(Agent agent, long deadline, String one, String other)
      throws InterruptedException {
    while (agent.process().log().stream()
        .noneMatch(line -> line.contains(one) || line.contains(other))) {
      assertThat(System.nanoTime()).as("%s", agent.process().log()).isLessThan(deadline);
      Thread.sleep(100);
    }
  }

  private static void copyDirectory(String from, String to) throws Exception {
    Path copy = stage.privateDirectory(to);
    for (String file : new String[] {"machine", "trust-document"}) {
      var _ =
          Files.copy(
              stage.privateDirectory(from).resolve(file),
              copy.resolve(file),
              StandardCopyOption.COPY_ATTRIBUTES);
    }
  }

  private static String token(String machine) throws Exception {
    return cast.admin()
        .ask("token", "create", "--machine=" + machine, "--label=env=demo")
        .getAsJsonObject()
        .get("token")
        .getAsString();
  }

  private static JsonObject machine(String name) throws Exception {
    for (JsonElement machine : cast.admin().ask("machine", "list").getAsJsonArray()) {
      if (machine.getAsJsonObject().get("name").getAsString().equals(name)) {
        return machine.getAsJsonObject();
      }
    }
    throw new AssertionError("no machine " + name);
  }
}
