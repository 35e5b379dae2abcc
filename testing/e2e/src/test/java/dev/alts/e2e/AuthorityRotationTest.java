package dev.alts.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alts.demo.Story;
import dev.alts.demo.scene.Cast;
import dev.alts.demo.scene.Opening;
import dev.alts.demo.scene.OtherMachine;
import dev.alts.demo.stage.CommandLine.Outcome;
import dev.alts.demo.stage.Programs;
import dev.alts.demo.stage.Stage;
import java.io.PrintStream;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Every key of the trust domain is replaced, root included, while protected calls run. */
class AuthorityRotationTest {
  private static final Story SILENT =
      new Story(new PrintStream(PrintStream.nullOutputStream()), false);

  /** Channels that rest on a tainted authority are replaced within half a minute. */
  private static final Map<String, String> CA = Map.of("ALTS_CA_ROTATION_DRAIN", "35s");

  private Stage stage;
  private Cast cast;
  private OtherMachine second;
  private FleetRotation rotation;

  @BeforeEach
  void openTheStage() throws Exception {
    stage = Stage.open(Programs.ofThisBuild());
    cast = new Opening(stage, SILENT, CA).play();
    second = OtherMachine.start(cast, "second-machine", "demo-room");
    rotation = new FleetRotation(cast);
  }

  @AfterEach
  void stopEverything() {
    stage.close();
  }

  @Test
  void fullRotationWithTaintRevocationAndRootSuccessionFailsNoCall() throws Exception {
    String payments = cast.payments().certificate();
    rotation.startCalls();

    rotation.prepare();
    rotation.activateWhenAllKnow();
    rotation.taint();
    cast.payments().awaitCertificateOtherThan(payments);
    rotation.revokeWhenNobodyIsLeftBehind();
    rotation.succeedRoot();
    rotation.assertThatANewWorkloadIsServed();

    rotation.assertThatNoCallFailed();
    assertThat(rotation.authorities())
        .containsExactlyInAnyOrder("machine active", "workload active", "human active");
    assertThat(rotation.rootStates()).containsExactly("retired", "active");
    assertThat(second.shop().ask("call " + cast.paymentsAddress(), "called").has("status"))
        .isFalse();
  }

  @Test
  void agentThatIsAwayStopsTheActivationAndIsNamedUnlessItIsForced() throws Exception {
    second.agent().process().crash();
    rotation.prepare();

    Outcome refused = rotation.tryTo("authority", "activate", "--all", "--reason=e2e");
    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.log()).contains("second-machine (holds trust document").contains("--force");

    Outcome forced = rotation.tryTo("authority", "activate", "--all", "--reason=e2e", "--force");
    assertThat(forced.exitCode()).as(forced.log()).isZero();
  }
}
