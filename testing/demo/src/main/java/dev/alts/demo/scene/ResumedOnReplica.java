package dev.alts.demo.scene;

import com.google.gson.JsonObject;
import dev.alts.demo.Story;
import dev.alts.demo.stage.Workload;

/** A replica dies; the client resumes its session on another one. */
final class ResumedOnReplica implements Scene {
  @Override
  public String title() {
    return "A session resumed on another replica";
  }

  @Override
  public void play(Cast cast, Story story) throws Exception {
    Workload first =
        story.await("starting a replica", () -> Cast.startPayments(cast.stage(), cast.agent(), 0));
    String address = Cast.address(first);
    JsonObject full = cast.shop().ask("call " + address, "called");
    Calls.requireSuccess(full);
    first.process().crash();
    int port = Integer.parseInt(address.substring(address.indexOf(':') + 1));
    Workload second =
        story.await("starting another", () -> Cast.startPayments(cast.stage(), cast.agent(), port));
    second.await("serving");
    JsonObject resumed = cast.shop().ask("call " + address, "called");
    Calls.requireSuccess(resumed);
    if (!resumed.getAsJsonObject("server").get("resumed").getAsBoolean()) {
      throw new IllegalStateException("the second replica did a full handshake: " + resumed);
    }
    story.done("shop was known to a replica that it had never met; the first one had been killed");
    tell(story, "full handshake ", full);
    tell(story, "resumed        ", resumed);
    story.detail("both with a cold server; the ticket is for payments, not for one process of it");
    second.process().close();
  }

  private static void tell(Story story, String what, JsonObject report) {
    JsonObject client = report.getAsJsonObject("client");
    story.detail(
        "%s  %s, first call %s"
            .formatted(what, Calls.text(client, "suite"), Calls.firstCall(report)));
  }
}
