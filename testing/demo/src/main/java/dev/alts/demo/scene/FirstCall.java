package dev.alts.demo.scene;

import com.google.gson.JsonObject;
import dev.alts.demo.Story;

/** A protected call between two workloads, as each end saw it. */
final class FirstCall implements Scene {
  @Override
  public String title() {
    return "The first protected call";
  }

  @Override
  public void play(Cast cast, Story story) throws Exception {
    JsonObject report = cast.shop().ask("call " + cast.paymentsAddress(), "called");
    Calls.requireSuccess(report);
    JsonObject client = report.getAsJsonObject("client");
    JsonObject server = report.getAsJsonObject("server");
    story.done(
        "shop called payments: %s with a cold JVM's connection and handshake, then %s a call"
            .formatted(Calls.micros(report, "firstMicros"), Calls.micros(report, "secondMicros")));
    story.detail("shop saw     " + Calls.text(client, "peer"));
    story.detail("payments saw " + Calls.text(server, "peer"));
    story.detail(
        "suite %s, record protocol %s, %s"
            .formatted(
                Calls.text(client, "suite"),
                Calls.text(client, "recordProtocol"),
                Calls.text(client, "securityLevel")));
    JsonObject again = cast.shop().ask("call " + cast.paymentsAddress(), "called");
    Calls.requireSuccess(again);
    boolean resumed = again.getAsJsonObject("client").get("resumed").getAsBoolean();
    story.done(
        "the next connection took %s, its call included%s"
            .formatted(Calls.micros(again, "firstMicros"), resumed ? " (resumed)" : ""));
  }
}
