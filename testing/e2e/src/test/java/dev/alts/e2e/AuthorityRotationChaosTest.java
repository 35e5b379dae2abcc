package dev.alts.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alts.demo.Story;
import dev.alts.demo.scene.Cast;
import dev.alts.demo.scene.Opening;
import dev.alts.demo.scene.OtherMachine;
import dev.alts.demo.stage.Agent;
import dev.alts.demo.stage.CertificateAuthority;
import dev.alts.demo.stage.Programs;
import dev.alts.demo.stage.Stage;
import java.io.PrintStream;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Three full rotations in a row under load, with CA and agents killed between the steps. */
@Tag("chaos")
class AuthorityRotationChaosTest {
  private static final int ROUNDS = 3;

  @Test
  void rotationsGoOnOverKilledProcessesAndFailNoCall() throws Exception {
    Story silent = new Story(new PrintStream(PrintStream.nullOutputStream()), false);
    try (Stage stage = Stage.open(Programs.ofThisBuild())) {
      Cast cast = new Opening(stage, silent, Map.of("ALTS_CA_ROTATION_DRAIN", "35s")).play();
      OtherMachine second = OtherMachine.start(cast, "second-machine", "demo-room");
      FleetRotation rotation = new FleetRotation(cast);
      CertificateAuthority ca = cast.ca();
      Agent agent = second.agent();
      rotation.startCalls(cast.shop());

      for (int i = 0; i < ROUNDS; i++) {
        rotation.prepare();
        ca.process().crash();
        ca = ca.startAgain(stage);
        rotation.activateWhenAllKnow();
        agent.process().crash();
        rotation.taint();
        agent = Agent.startAgain(stage, "agent-of-second-machine", ca);
        rotation.revokeWhenNobodyIsLeftBehind();
        rotation.succeedRoot();
      }

      rotation.assertThatANewWorkloadIsServed();
      rotation.assertThatNoCallFailed();
      assertThat(rotation.rootStates()).containsExactly("retired", "retired", "retired", "active");
      assertThat(second.shop().ask("call " + cast.paymentsAddress(), "called").has("status"))
          .isFalse();
    }
  }
}
