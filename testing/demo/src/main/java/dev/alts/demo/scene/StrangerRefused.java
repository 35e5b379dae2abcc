package dev.alts.demo.scene;

import com.google.gson.JsonObject;
import dev.alts.demo.Story;
import dev.alts.demo.stage.Workload;

/** A process that no rule knows asks the agent for an identity. */
final class StrangerRefused implements Scene {
  @Override
  public String title() {
    return "A process that no rule knows";
  }

  @Override
  public void play(Cast cast, Story story) throws Exception {
    Workload stranger = story.await("starting a stranger", () -> cast.startClient(Cast.STRANGER));
    JsonObject refused = stranger.await("refused");
    story.done("it gets no identity from the agent, and so no connection");
    Calls.text(refused, "explanation").lines().forEach(story::detail);
    stranger.process().close();
  }
}
