package dev.alts.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.alts.demo.Story;
import dev.alts.demo.scene.Cast;
import dev.alts.demo.scene.Opening;
import dev.alts.demo.scene.Scenes;
import dev.alts.demo.stage.Agent;
import dev.alts.demo.stage.CertificateAuthority;
import dev.alts.demo.stage.Programs;
import dev.alts.demo.stage.Stage;
import io.spiffe.svid.x509svid.X509Svid;
import io.spiffe.workloadapi.DefaultWorkloadApiClient;
import io.spiffe.workloadapi.DefaultWorkloadApiClient.ClientOptions;
import io.spiffe.workloadapi.DefaultX509Source;
import io.spiffe.workloadapi.DefaultX509Source.X509SourceOptions;
import io.spiffe.workloadapi.WorkloadApiClient;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestMethodOrder;

/** One CA, one agent and their workloads, as real processes. The restarts come last. */
@TestMethodOrder(OrderAnnotation.class)
class EndToEndTest {
  private static final Story SILENT =
      new Story(new PrintStream(PrintStream.nullOutputStream()), false);

  private static Stage stage;
  private static Cast cast;

  @BeforeAll
  static void openTheStage() throws Exception {
    stage = Stage.open(Programs.ofThisBuild());
    cast = new Opening(stage, SILENT).play();
  }

  @AfterAll
  static void nothingIsLeftBehind() {
    stage.close();

    assertThat(stage.path("")).doesNotExist();
    assertThat(ProcessHandle.current().descendants().filter(ProcessHandle::isAlive)).isEmpty();
  }

  @TestFactory
  @Order(1)
  Stream<DynamicTest> everySceneOfTheDemoPlays() {
    return Scenes.inOrder().stream()
        .map(scene -> DynamicTest.dynamicTest(scene.title(), () -> scene.play(cast, SILENT)));
  }

  @Test
  @Order(2)
  void unmodifiedJavaSpiffeClientGetsSvidsFromTheAgentAndDoesMutualTlsWithThem() throws Exception {
    nameThisProcess("/demo/java-spiffe");
    X509SourceOptions options =
        X509SourceOptions.builder()
            .spiffeSocketPath("unix:" + cast.agent().socket())
            .initTimeout(Duration.ofSeconds(30))
            .build();

    try (DefaultX509Source source = DefaultX509Source.newSource(options)) {
      assertThat(source.getX509Svid().getSpiffeId())
          .hasToString("spiffe://demo.alts/demo/java-spiffe");
      assertThat(new SpiffeMtls(source, "spiffe://demo.alts/demo/java-spiffe").meet())
          .containsOnly("spiffe://demo.alts/demo/java-spiffe");
    }
  }

  @Test
  @Order(3)
  void clientsOfACorporateCaAcceptTheSvidThatAProgramPicksByItsHint() throws Exception {
    nameThisProcess("/demo/java-spiffe");
    CorporateClients clients = new CorporateClients();
    clients.certify(cast.admin(), stage.path(""));
    cast.admin().ask("machine", "rotate", Cast.MACHINE);

    X509Svid upstream = awaitHint("upstream");

    assertThat(upstream.getSpiffeId()).hasToString("spiffe://demo.alts/demo/java-spiffe");
    assertThat(clients.meet(upstream)).isEqualTo(upstream.getChain()).hasSize(2);
  }

  private static X509Svid awaitHint(String hint) throws Exception {
    long deadline = System.nanoTime() + Duration.ofMinutes(2).toNanos();
    try (WorkloadApiClient client =
        DefaultWorkloadApiClient.newClient(
            ClientOptions.builder().spiffeSocketPath("unix:" + cast.agent().socket()).build())) {
      while (true) {
        List<X509Svid> svids = client.fetchX509Context().getX509Svids();
        Optional<X509Svid> found =
            svids.stream().filter(svid -> hint.equals(svid.getHint())).findFirst();
        if (found.isPresent()) {
          return found.get();
        }
        assertThat(System.nanoTime()).as("hints of %s", svids.size()).isLessThan(deadline);
        LockSupport.parkNanos(200_000_000);
      }
    }
  }

  @Test
  @Order(4)
  void killedAgentComesBackWithItsMachineIdentityAndServesItsWorkloads() throws Exception {
    int machines = cast.admin().ask("machine", "list").getAsJsonArray().size();
    cast.agent().process().crash();

    Agent again = Agent.startAgain(stage, "agent", cast.ca());

    JsonObject call = cast.shop().ask("call " + cast.paymentsAddress(), "called");
    assertThat(call.has("status")).as("call after the restart: %s", call).isFalse();
    assertThat(cast.startClient("shop").await("identity").get("spiffeId").getAsString())
        .isEqualTo("spiffe://demo.alts/demo/shop");
    assertThat(cast.admin().ask("machine", "list").getAsJsonArray()).hasSize(machines);
    assertThat(again.process().isAlive()).isTrue();
  }

  @Test
  @Order(5)
  void restartOfTheCaUnderRunningCallsFailsNothing() throws Exception {
    cast.shop().tell("keep-calling " + cast.paymentsAddress());
    cast.ca().process().crash();

    CertificateAuthority again = cast.ca().startAgain(stage);

    JsonObject report = cast.shop().ask("stop", "stopped");
    assertThat(report.get("calls").getAsInt()).isPositive();
    assertThat(report.getAsJsonObject("failures").entrySet()).isEmpty();
    assertThat(again.rootFingerprint()).isEqualTo(cast.ca().rootFingerprint());
    cast.admin().ask("machine", "rotate", Cast.MACHINE);
    cast.shop().await("rotated");
  }

  private static void nameThisProcess(String identity) throws Exception {
    JsonObject rule = new JsonObject();
    rule.addProperty("name", "this-test");
    rule.addProperty("identity", identity);
    rule.addProperty(
        "when",
        "machine.labels.env == \"demo\" && workload.unix.uid == %s && workload.unix.path == \"%s\""
            .formatted(
                Files.getAttribute(Path.of("/proc/self"), "unix:uid"),
                Path.of("/proc/self/exe").toRealPath()));
    Path file = stage.path("rules.json");
    JsonObject rules = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
    rules
        .getAsJsonArray("rules")
        .asList()
        .removeIf(each -> each.getAsJsonObject().get("name").equals(rule.get("name")));
    rules.getAsJsonArray("rules").add(rule);
    Files.writeString(file, rules.toString());
    cast.admin().ask("rule", "apply", "--file=" + file, "--reason=e2e");
  }
}
