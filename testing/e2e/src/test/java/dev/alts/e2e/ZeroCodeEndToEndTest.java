package dev.alts.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.google.gson.JsonObject;
import dev.alts.api.credentials.v1.ClearTextPeer;
import dev.alts.api.credentials.v1.ClearTextPeer.Direction;
import dev.alts.api.credentials.v1.ReportRequest;
import dev.alts.demo.Story;
import dev.alts.demo.scene.Cast;
import dev.alts.demo.scene.Opening;
import dev.alts.demo.stage.AgentReports;
import dev.alts.demo.stage.PlainProgram;
import dev.alts.demo.stage.Programs;
import dev.alts.demo.stage.Stage;
import dev.alts.demo.stage.Workload;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Programs that were compiled without ALTS, as real processes, with and without the jar, beside a
 * real agent and CA.
 */
class ZeroCodeEndToEndTest {
  private static Stage stage;
  private static Cast cast;

  private final List<Workload> started = new ArrayList<>();

  @BeforeAll
  static void openTheStage() throws Exception {
    stage = Stage.open(Programs.ofThisBuild());
    cast =
        new Opening(stage, new Story(new PrintStream(PrintStream.nullOutputStream()), false))
            .play();
  }

  @AfterEach
  void endPrograms() {
    started.forEach(workload -> workload.process().close());
  }

  @AfterAll
  static void close() {
    stage.close();
  }

  @Test
  void theJarAloneProtectsBothEndsAndWhoHasItNotIsRefused() throws Exception {
    Workload server = start(Cast.PAYMENTS, PlainProgram.SERVER, Map.of(), "0");
    String target = Cast.address(server);

    JsonObject greeted =
        start(Cast.SHOP, PlainProgram.CLIENT, Map.of()).ask("greet " + target, "greeted");
    JsonObject refused =
        start(Cast.SHOP, PlainProgram.CLIENT.withoutJar(), Map.of())
            .ask("greet " + target, "greeted");

    assertThat(greeted.has("answer")).as("%s", greeted).isTrue();
    assertThat(refused.has("answer")).as("%s", refused).isFalse();
    assertThat(refused.get("description").getAsString()).contains("this server speaks ALTS");
    ReportRequest report =
        report(server, "its handshakes", seen -> seen.containsCounters("handshakes.failed"));
    assertThat(report.getSpiffeId()).isEqualTo("spiffe://demo.alts/demo/payments");
    assertThat(report.getCountersMap()).containsEntry("handshakes", 1L);
    assertThat(server.process().log())
        .anyMatch(line -> line.contains("ALTS zero-code: took over server on port 0 (enforce)"));
  }

  @Test
  void withoutAnAgentThereIsNoConnectionAndTheProgramReadsWhatToDo() throws Exception {
    Workload server = start(Cast.PAYMENTS, PlainProgram.SERVER.withoutJar(), Map.of(), "0");
    Path nowhere = stage.path("nobody.sock");

    JsonObject refused =
        start(Cast.SHOP, PlainProgram.CLIENT, Map.of("ALTS_AGENT_SOCKET", nowhere.toString()))
            .ask("greet " + Cast.address(server), "greeted");

    assertThat(refused.get("status").getAsString()).isEqualTo("UNAVAILABLE");
    assertThat(refused.get("description").getAsString())
        .contains("no agent at " + nowhere)
        .contains("start alts-agent");
  }

  @Test
  void whatIsNotClearTextOrIsExemptWorksAsBefore() throws Exception {
    OrdinaryCertificate certificate = OrdinaryCertificate.make(stage);
    // as a collector on loopback, and as a server with a certificate of its own
    Workload collector = start(Cast.PAYMENTS, PlainProgram.SERVER.withoutJar(), Map.of(), "0");
    String collectorTarget = Cast.address(collector);
    Workload tls =
        start(
            Cast.PAYMENTS,
            PlainProgram.SERVER,
            Map.of(),
            "0",
            certificate.chain().toString(),
            certificate.privateKey().toString());
    Workload client = start(Cast.SHOP, PlainProgram.CLIENT, Map.of("ALTS_EXEMPT", collectorTarget));

    JsonObject exported = client.ask("greet " + collectorTarget, "greeted");
    JsonObject overTls =
        client.ask("greet-tls %s %s".formatted(Cast.address(tls), certificate.chain()), "greeted");
    JsonObject inProcess = client.ask("greet-in-process", "greeted");

    assertThat(exported.has("answer")).as("%s", exported).isTrue();
    assertThat(overTls.has("answer")).as("%s", overTls).isTrue();
    assertThat(inProcess.has("answer")).as("%s", inProcess).isTrue();
  }

  @Test
  void permissiveProgramsTalkToEverybodyAndTheAgentKnowsWhoIsStillInClearText() throws Exception {
    Map<String, String> permissive = Map.of("ALTS_MODE", "permissive");
    Workload bareServer = start(Cast.PAYMENTS, PlainProgram.SERVER.withoutJar(), Map.of(), "0");
    String bareTarget = Cast.address(bareServer);
    Workload server = start(Cast.PAYMENTS, PlainProgram.SERVER, permissive, "0");
    String target = Cast.address(server);
    Workload client = start(Cast.SHOP, PlainProgram.CLIENT, permissive);
    Workload bareClient = start(Cast.SHOP, PlainProgram.CLIENT.withoutJar(), Map.of());

    JsonObject toBare = client.ask("greet " + bareTarget, "greeted");
    JsonObject toServer = client.ask("greet " + target, "greeted");
    JsonObject fromBare = bareClient.ask("greet " + target, "greeted");

    assertThat(toBare.has("answer")).as("%s", toBare).isTrue();
    assertThat(toServer.has("answer")).as("%s", toServer).isTrue();
    assertThat(fromBare.has("answer")).as("%s", fromBare).isTrue();
    ReportRequest ofClient =
        report(client, "the bare server", seen -> seen.getClearTextPeersCount() > 0);
    assertThat(ofClient.getClearTextPeersList())
        .extracting(ClearTextPeer::getDirection, ClearTextPeer::getPeer)
        .containsExactly(tuple(Direction.OUTGOING, bareTarget));
    ReportRequest ofServer =
        report(server, "the bare client", seen -> seen.getClearTextPeersCount() > 0);
    assertThat(ofServer.getClearTextPeersList())
        .extracting(ClearTextPeer::getDirection)
        .containsExactly(Direction.INCOMING);
    assertThat(ofServer.getCountersOrDefault("handshakes", 0)).isPositive();
  }

  private Workload start(
      String name, PlainProgram program, Map<String, String> variables, String... arguments) {
    Map<String, String> all = new HashMap<>();
    all.put("ALTS_AGENT_SOCKET", cast.agent().socket().toString());
    all.putAll(variables);
    Workload workload = Workload.startPlain(stage, name, program, all, arguments);
    started.add(workload);
    return workload;
  }

  private static ReportRequest report(Workload of, String what, Predicate<ReportRequest> wanted)
      throws InterruptedException {
    try (AgentReports reports = new AgentReports(cast.agent())) {
      return reports.await(of.process(), what, wanted);
    }
  }
}
