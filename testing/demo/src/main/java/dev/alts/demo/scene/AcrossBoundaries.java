package dev.alts.demo.scene;

import com.google.gson.JsonObject;
import dev.alts.demo.Story;

/**
 * Integrity is enough inside a boundary, across it everything is encrypted; then the other machine
 * is revoked, and the channel that it holds open is cut.
 */
final class AcrossBoundaries implements Scene {
  @Override
  public String title() {
    return "Across a boundary: encrypted. Revoked: cut off";
  }

  @Override
  public void play(Cast cast, Story story) throws Exception {
    try (OtherMachine other =
        story.await(
            "a second machine joins",
            () -> OtherMachine.start(cast, "other-machine", "other-room"))) {
      tell(story, "inside demo-room", cast.shop().ask("call " + cast.paymentsAddress(), "called"));
      tell(story, "from other-room ", other.shop().ask("call " + cast.paymentsAddress(), "called"));
      revoke(cast, other, story);
    }
  }

  private static void tell(Story story, String where, JsonObject report) {
    Calls.requireSuccess(report);
    JsonObject client = report.getAsJsonObject("client");
    story.done(
        "%s  %s  %s"
            .formatted(
                where, Calls.text(client, "recordProtocol"), Calls.text(client, "securityLevel")));
  }

  private static void revoke(Cast cast, OtherMachine other, Story story) throws Exception {
    other.shop().ask("hold " + cast.paymentsAddress(), "holding");
    long start = System.nanoTime();
    JsonObject cut =
        story.await(
            "revoking",
            () -> {
              cast.admin().ask("revoke", "--machine=" + other.name(), "--reason=demo");
              return other.shop().await("cut");
            });
    story.done(
        "altsctl revoke --machine %s: the channel that it held open was cut"
            .formatted(other.name()),
        Story.since(start));
    story.detail("counted from the start of the command; the client learns " + Calls.reason(cut));
    JsonObject again = other.shop().ask("call " + cast.paymentsAddress(), "called");
    Calls.requireRefusal(again);
    story.done("a new connection from there is refused as well: its join token worked once");
    story.detail(Calls.reason(again));
  }
}
