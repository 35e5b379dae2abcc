package dev.alts.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.alts.demo.Story;
import dev.alts.demo.scene.Cast;
import dev.alts.demo.scene.Opening;
import dev.alts.demo.stage.Agent;
import dev.alts.demo.stage.CertificateAuthority;
import dev.alts.demo.stage.Programs;
import dev.alts.demo.stage.Stage;
import dev.alts.demo.stage.Workload;
import java.io.PrintStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** CA and agent are killed, one after the other and together, while protected calls run. */
@Tag("chaos")
@TestMethodOrder(OrderAnnotation.class)
class ChaosTest {
  private static final int KILLS = 3;

  private static Stage stage;
  private static Cast cast;
  private static CertificateAuthority ca;
  private static Agent agent;

  @BeforeAll
  static void openTheStage() throws Exception {
    stage = Stage.open(Programs.ofThisBuild());
    cast =
        new Opening(stage, new Story(new PrintStream(PrintStream.nullOutputStream()), false))
            .play();
    ca = cast.ca();
    agent = cast.agent();
  }

  @AfterAll
  static void closeTheStage() {
    stage.close();
  }

  @Test
  @Order(1)
  void callsGoOnWhileTheCaIsKilledAgainAndAgain() throws Exception {
    startCalls();

    for (int i = 0; i < KILLS; i++) {
      ca.process().crash();
      ca = ca.startAgain(stage);
    }

    assertThatNoCallFailed();
  }

  @Test
  @Order(2)
  void callsGoOnWhileTheAgentIsKilledAndItReturnsWithItsMachineIdentity() throws Exception {
    int machines = machines();
    startCalls();

    for (int i = 0; i < KILLS; i++) {
      agent.process().crash();
      agent = Agent.startAgain(stage, "agent", ca);
    }

    assertThatNoCallFailed();
    assertThatANewWorkloadIsServed();
    assertThat(machines()).isEqualTo(machines);
  }

  @Test
  @Order(3)
  void callsGoOnWhileCaAndAgentAreBothGone() throws Exception {
    startCalls();

    ca.process().crash();
    agent.process().crash();
    ca = ca.startAgain(stage);
    agent = Agent.startAgain(stage, "agent", ca);

    assertThatNoCallFailed();
    assertThatANewWorkloadIsServed();
  }

  private static void startCalls() {
    cast.shop().tell("keep-calling " + cast.paymentsAddress());
  }

  private static void assertThatNoCallFailed() throws Exception {
    JsonObject report = cast.shop().ask("stop", "stopped");
    assertThat(report.get("calls").getAsInt()).isPositive();
    assertThat(report.getAsJsonObject("failures").entrySet()).isEmpty();
  }

  private static void assertThatANewWorkloadIsServed() throws Exception {
    Workload workload = cast.startClient("shop");
    assertThat(workload.await("identity").get("spiffeId").getAsString())
        .isEqualTo("spiffe://demo.alts/demo/shop");
    workload.process().close();
  }

  private static int machines() throws Exception {
    return cast.admin().ask("machine", "list").getAsJsonArray().size();
  }
}
