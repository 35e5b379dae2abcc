package dev.alts.demo.scene;

import com.google.gson.JsonObject;
import dev.alts.demo.Story;

/** The admin calls the same service from the command line. */
final class HumanCall implements Scene {
  @Override
  public String title() {
    return "A human calls the same service";
  }

  @Override
  public void play(Cast cast, Story story) throws Exception {
    JsonObject probe =
        story.await(
            "probing", () -> cast.admin().ask("probe", cast.paymentsAddress()).getAsJsonObject());
    story.done(
        "%s called %s: %s"
            .formatted(
                Calls.text(probe, "self"), Calls.text(probe, "peer"), Calls.text(probe, "status")));
    story.detail(
        "altsctl probe: suite %s, record protocol %s; humans always get encryption"
            .formatted(Calls.text(probe, "suite"), Calls.text(probe, "recordProtocol")));
  }
}
