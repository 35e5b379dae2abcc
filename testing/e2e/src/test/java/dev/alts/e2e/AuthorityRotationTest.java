package dev.alts.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alts.demo.Story;
import dev.alts.demo.scene.Cast;
import dev.alts.demo.scene.Opening;
import dev.alts.demo.scene.OtherMachine;
import dev.alts.demo.stage.CommandLine.Outcome;
import dev.alts.demo.stage.Programs;
import dev.alts.demo.stage.Stage;
import dev.alts.demo.stage.Workload;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
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
    rotation.startCalls(cast.shop(), second.shop());

    rotation.prepare();
    rotation.prepareDocumentKeys();
    rotation.activateWhenAllKnow();
    rotation.activateDocumentKeysWhenAllKnow();
    rotation.taint();
    cast.payments().awaitCertificateOtherThan(payments);
    rotation.revokeWhenNobodyIsLeftBehind();
    rotation.retireDocumentKeysWhenNothingRestsOnThem();
    rotation.succeedRoot();
    rotation.assertThatANewWorkloadIsServed();
    new RootTakenOffline(cast, stage.privateDirectory("offline")).take();
    rotation.prepare();
    rotation.activateWhenAllKnow();
    assertThat(rotation.tryTo("authority", "prepare", "--kind=workload", "--reason=e2e").log())
        .as("a step that the offline root has not signed")
        .contains("offline-root export");

    rotation.assertThatNoCallFailed();
    assertThat(rotation.authorities())
        .containsExactlyInAnyOrder(
            "machine retired",
            "workload retired",
            "human retired",
            "machine active",
            "workload active",
            "human active");
    assertThat(rotation.rootStates()).containsExactly("retired", "retired", "active");
    assertThat(second.shop().ask("call " + cast.paymentsAddress(), "called").has("status"))
        .isFalse();
  }

  @Test
  void agentThatIsAwayStopsTheStepsAndIsNamedAndIsLeftBehindIfTheyAreForced() throws Exception {
    rotation.startCalls(second.shop());
    second.agent().process().crash();
    rotation.prepare();

    // it may have gone before it said what it holds
    assertThatOnlyForceDoes("activate", "second-machine (");
    rotation.taint();
    assertThatOnlyForceDoes("revoke", "second-machine (");

    awaitFailuresOf(second.shop());
    assertThat(FleetRotation.stop(second.shop()))
        .as("a cut or refused connection is noticed")
        .anySatisfy(
            report -> assertThat(report.getAsJsonObject("failures").entrySet()).isNotEmpty());
  }

  private void assertThatOnlyForceDoes(String step, String because) throws InterruptedException {
    Outcome refused = rotation.tryTo("authority", step, "--all", "--reason=e2e");
    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.log()).contains(because).contains("--force");

    Outcome forced = rotation.tryTo("authority", step, "--all", "--reason=e2e", "--force");
    assertThat(forced.exitCode()).as(forced.log()).isZero();
  }

  /** Its agent is gone: it keeps a certificate that nobody trusts any more. */
  private void awaitFailuresOf(Workload client) throws InterruptedException {
    long deadline = System.nanoTime() + Duration.ofMinutes(1).toNanos();
    int failed = 0;
    // Several, so that its callers have called as well meanwhile.
    while (failed < 3) {
      assertThat(System.nanoTime()).as("calls go on").isLessThan(deadline);
      if (client.ask("call " + cast.paymentsAddress(), "called").has("status")) {
        failed++;
      }
      LockSupport.parkNanos(200_000_000);
    }
  }
}
