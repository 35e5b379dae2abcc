package dev.alts.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.alts.demo.Story;
import dev.alts.demo.scene.Cast;
import dev.alts.demo.scene.Opening;
import dev.alts.demo.scene.OtherMachine;
import dev.alts.demo.stage.Agent;
import dev.alts.demo.stage.CertificateAuthority;
import dev.alts.demo.stage.Programs;
import dev.alts.demo.stage.Stage;
import dev.alts.demo.stage.Workload;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * What an operator says about servers and revocations, and what running processes then do. One
 * stage for all: each test leaves payments and shop able to talk. The restarts come last.
 */
@TestMethodOrder(OrderAnnotation.class)
class RevocationAndNamingTest {
  private static final Story SILENT =
      new Story(new PrintStream(PrintStream.nullOutputStream()), false);
  private static final String PAYMENTS_ID = Cast.id("/demo/" + Cast.PAYMENTS);

  private static Stage stage;
  private static Cast cast;
  private static OtherMachine second;

  @BeforeAll
  static void openTheStage() throws Exception {
    stage = Stage.open(Programs.ofThisBuild());
    cast = new Opening(stage, SILENT).play();
    second = OtherMachine.start(cast, "second-machine", "demo-room");
  }

  @AfterAll
  static void stopEverything() {
    stage.close();
  }

  @Test
  @Order(1)
  void targetWithoutEntryIsServedByTheOwnTrustDomain() throws Exception {
    applyNaming("trust-domain", "");

    assertThat(callFrom(cast.shop())).doesNotContainKey("status");
    assertThat(explain(PAYMENTS_ID))
        .isEqualTo("true: the target has no entry and the mode is trust-domain");
  }

  @Test
  @Order(2)
  void strictModeRefusesATargetWithoutEntryAndTakesTheServerThatAnEntryNames() throws Exception {
    applyNaming("strict", "");

    JsonObject refused = call(cast.shop(), cast.paymentsAddress());
    assertThat(refused.get("description").getAsString())
        .contains("localhost has no entry in the naming policy, which is strict");
    assertThat(explain(PAYMENTS_ID))
        .isEqualTo("false: localhost has no entry in the naming policy, which is strict");

    applyNaming(
        "strict", "{\"target\":\"localhost\",\"identities\":[\"%s\"]}".formatted(PAYMENTS_ID));

    assertThat(callFrom(cast.shop())).doesNotContainKey("status");
    assertThat(explain(PAYMENTS_ID)).isEqualTo("true: named by the entry localhost");
    assertThat(explain(Cast.id("/demo/" + Cast.BATCH)))
        .isEqualTo(
            "false: %s is not among those that may answer for localhost"
                .formatted(Cast.id("/demo/" + Cast.BATCH)));
  }

  /** Only the CA can have given both machines the same key; it gives keys over a hybrid channel. */
  @Test
  @Order(3)
  void sessionIsResumedByAReplicaOnAnotherMachine() throws Exception {
    Workload first = Cast.startPayments(stage, cast.agent(), 0);
    String address = Cast.address(first);
    JsonObject full = call(cast.shop(), address);
    first.process().crash();

    Workload replica = Cast.startPayments(stage, second.agent(), port(address));
    JsonObject identity = replica.await("identity");
    replica.await("serving");
    JsonObject resumed = call(cast.shop(), address);

    assertThat(wasResumed(full)).as("first: %s", full).isFalse();
    assertThat(wasResumed(resumed)).as("second: %s", resumed).isTrue();
    assertThat(identity.get("resumptionGeneration").getAsInt()).isNotNegative();
    replica.process().close();
  }

  @Test
  @Order(4)
  @Tag("abuse-25")
  void sessionsWithARevokedServerAreCutAndNotResumed() throws Exception {
    call(cast.shop(), cast.paymentsAddress());
    assertThat(wasResumed(call(cast.shop(), cast.paymentsAddress()))).isTrue();
    String certificate = cast.payments().certificate();
    cast.shop().ask("hold " + cast.paymentsAddress(), "holding");

    JsonObject receipt = revoke("--identity=" + PAYMENTS_ID);
    JsonObject cut = cast.shop().await("cut");

    assertThat(receipt.get("resumptions").getAsInt()).isPositive();
    assertThat(cut.get("status").getAsString()).isEqualTo("UNAVAILABLE");
    cast.payments().awaitCertificateOtherThan(certificate);
    cast.payments().awaitCredentials(now -> now.get("resumptionGeneration").getAsInt() > 0);
    // Clocks may differ by a minute, so clients drop tickets from a minute after it as well.
    assertThat(wasResumed(call(cast.shop(), cast.paymentsAddress()))).isFalse();
    assertThat(revoked()).contains("subject " + PAYMENTS_ID).contains("resumption " + PAYMENTS_ID);
  }

  @Test
  @Order(5)
  void bannedIdentityIsNotIssuedAgain() throws Exception {
    revoke("--identity=" + Cast.id("/demo/" + Cast.BATCH), "--ban");

    Workload batch = cast.startClient(Cast.BATCH);

    assertThat(batch.await("refused").get("explanation").getAsString()).contains("bann");
    batch.process().close();
  }

  @Test
  @Order(6)
  void restartsOfAgentAndCaTakeNoRevocationBack() throws Exception {
    assertThat(callFrom(second.shop())).doesNotContainKey("status");
    String beforeRestart = cast.shop().certificate();
    revoke("--machine=" + second.name());
    assertThat(callFrom(second.shop())).containsKey("status");
    List<String> before = revoked();

    cast.agent().process().crash();
    cast.ca().process().crash();
    assertThat(callFrom(second.shop())).as("with neither agent nor CA").containsKey("status");
    CertificateAuthority ca = cast.ca().startAgain(stage);
    Agent agent = Agent.startAgain(stage, "agent", ca);

    assertThat(revoked()).containsExactlyInAnyOrderElementsOf(before);
    assertThat(callFrom(second.shop())).as("to a server from before").containsKey("status");
    Workload fresh = Cast.startPayments(stage, agent, 0);
    String address = Cast.address(fresh);
    assertThat(call(second.shop(), address).has("status")).as("to a new server").isTrue();
    cast.shop().awaitCertificateOtherThan(beforeRestart);
    assertThat(call(cast.shop(), address).has("status")).as("not revoked").isFalse();
  }

  private static JsonObject call(Workload client, String address) throws InterruptedException {
    return client.ask("call " + address, "called");
  }

  private static Map<String, JsonElement> callFrom(Workload client) throws InterruptedException {
    return call(client, cast.paymentsAddress()).asMap();
  }

  private static boolean wasResumed(JsonObject report) {
    assertThat(report.has("status")).as("call: %s", report).isFalse();
    return report.getAsJsonObject("server").get("resumed").getAsBoolean();
  }

  private static JsonObject revoke(String... what) throws InterruptedException {
    List<String> words = new ArrayList<>(List.of("revoke", "--reason=test"));
    words.addAll(List.of(what));
    return cast.admin().ask(words.toArray(String[]::new)).getAsJsonObject();
  }

  /** {@return what the list in force says, as "kind what"} */
  private static List<String> revoked() throws InterruptedException {
    return StreamSupport.stream(
            cast.admin().ask("revocation", "list").getAsJsonArray().spliterator(), false)
        .map(JsonElement::getAsJsonObject)
        .map(entry -> entry.get("kind").getAsString() + " " + entry.get("what").getAsString())
        .toList();
  }

  private static void applyNaming(String mode, String entries)
      throws IOException, InterruptedException {
    String policy = "{\"mode\":\"%s\",\"entries\":[%s]}".formatted(mode, entries);
    String file = Files.writeString(stage.path("naming.json"), policy).toString();
    long version =
        cast.admin()
            .ask("naming", "apply", "--file=" + file, "--reason=test")
            .getAsJsonObject()
            .get("version")
            .getAsLong();
    cast.shop().awaitCredentials(now -> now.get("namingVersion").getAsLong() >= version);
  }

  /** {@return whether the CA says that {@code server} may answer for payments' address, and why} */
  private static String explain(String server) throws InterruptedException {
    JsonObject answer =
        cast.admin()
            .ask("naming", "explain", cast.paymentsAddress(), "--server=" + server)
            .getAsJsonObject();
    return answer.get("accepted").getAsString() + ": " + answer.get("reason").getAsString();
  }

  private static int port(String address) {
    return Integer.parseInt(address.substring(address.indexOf(':') + 1));
  }
}
