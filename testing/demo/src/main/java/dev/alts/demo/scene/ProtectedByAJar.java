package dev.alts.demo.scene;

import com.google.gson.JsonObject;
import dev.alts.api.credentials.v1.ReportRequest;
import dev.alts.demo.Story;
import dev.alts.demo.stage.AgentReports;
import dev.alts.demo.stage.PlainProgram;
import dev.alts.demo.stage.Workload;
import java.util.Map;

/** Programs that were compiled without ALTS, and speak it because of what is beside them. */
final class ProtectedByAJar implements Scene {
  @Override
  public String title() {
    return "A plain gRPC program protected by a jar alone";
  }

  @Override
  public void play(Cast cast, Story story) throws Exception {
    Workload greeter =
        story.await(
            "starting a plain server", () -> start(cast, Cast.PAYMENTS, PlainProgram.SERVER, "0"));
    String address = Cast.address(greeter);
    Workload client =
        story.await("starting a plain client", () -> start(cast, Cast.SHOP, PlainProgram.CLIENT));
    JsonObject greeted = client.ask("greet " + address, "greeted");
    Calls.requireSuccess(greeted);
    story.done("a server and a client without a line of ALTS in them speak it");
    story.detail(takenOver(greeter));
    story.detail(takenOver(client));
    try (AgentReports reports = new AgentReports(cast.agent())) {
      ReportRequest report =
          reports.await(
              greeter.process(),
              "a handshake",
              seen -> seen.getCountersOrDefault("handshakes", 0) > 0);
      story.detail("the server reports itself as " + report.getSpiffeId());
    }

    Workload bare = start(cast, Cast.SHOP, PlainProgram.CLIENT.withoutJar());
    JsonObject refused = bare.ask("greet " + address, "greeted");
    Calls.requireRefusal(refused);
    story.done("the same client without the jar was refused");
    story.detail(Calls.reason(refused));
    bare.process().close();
    client.process().close();
    greeter.process().close();
  }

  private static Workload start(Cast cast, String name, PlainProgram program, String... arguments) {
    return Workload.startPlain(
        cast.stage(),
        name,
        program,
        Map.of("ALTS_AGENT_SOCKET", cast.agent().socket().toString()),
        arguments);
  }

  private static String takenOver(Workload workload) {
    return workload.process().log().stream()
        .filter(line -> line.contains("ALTS zero-code: took over"))
        .map(line -> line.substring(line.indexOf("ALTS zero-code")))
        .findFirst()
        .orElseThrow(() -> workload.process().failure("did not say what was taken over"));
  }
}
