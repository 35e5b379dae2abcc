package dev.alts.demo.scene;

import com.google.gson.JsonObject;
import dev.alts.demo.Story;
import dev.alts.demo.stage.Workload;

/** A workload with a good identity that may not call this service. */
final class CallDenied implements Scene {
  @Override
  public String title() {
    return "A caller that is known but not allowed";
  }

  @Override
  public void play(Cast cast, Story story) throws Exception {
    Workload batch = story.await("starting batch", () -> cast.startClient(Cast.BATCH));
    JsonObject identity = batch.await("identity");
    JsonObject report = batch.ask("call " + cast.paymentsAddress(), "called");
    Calls.requireRefusal(report);
    JsonObject denied = cast.payments().await("denied");
    story.done(
        "%s was refused: %s"
            .formatted(Calls.text(identity, "spiffeId"), Calls.text(report, "status")));
    story.detail("the caller learns  " + Calls.text(report, "description"));
    story.detail("payments logs      " + Calls.text(denied, "reason"));
    batch.process().close();
  }
}
