package dev.alts.demo.scene;

import com.google.gson.JsonObject;
import dev.alts.demo.Story;
import dev.alts.demo.stage.Workload;

/** A host service that a rule lets use the machine's own identity. */
final class MachineCall implements Scene {
  @Override
  public String title() {
    return "A machine calls a workload";
  }

  @Override
  public void play(Cast cast, Story story) throws Exception {
    Workload monitor = story.await("starting monitor", () -> cast.startClient(Cast.MONITOR));
    monitor.await("identity");
    JsonObject report = monitor.ask("call " + cast.paymentsAddress(), "called");
    Calls.requireSuccess(report);
    story.done(
        "a host service called payments as "
            + Calls.text(report.getAsJsonObject("server"), "peer"));
    story.detail("a rule names the processes that may use the machine's identity");
    monitor.process().close();
  }
}
