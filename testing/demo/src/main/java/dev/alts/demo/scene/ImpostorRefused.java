package dev.alts.demo.scene;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.alts.demo.Story;
import dev.alts.demo.stage.Workload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A workload with a good identity stands where another service should be. */
final class ImpostorRefused implements Scene {
  @Override
  public String title() {
    return "An impostor of the same trust domain";
  }

  @Override
  public void play(Cast cast, Story story) throws Exception {
    Workload impostor =
        story.await(
            "starting an impostor", () -> Cast.startServer(cast.stage(), Cast.BATCH, cast.agent()));
    String address = Cast.address(impostor);
    long version =
        cast.admin()
            .ask("naming", "apply", "--file=" + policy(cast, address), "--reason=demo")
            .getAsJsonObject()
            .get("version")
            .getAsLong();
    cast.shop().awaitCredentials(now -> now.get("namingVersion").getAsLong() >= version);
    JsonObject report = cast.shop().ask("call " + address, "called");
    Calls.requireRefusal(report);
    story.done("batch listened where payments should be, and shop did not talk to it");
    story.detail("altsctl naming apply: %s is payments".formatted(address));
    story.detail(Calls.reason(report));
    impostor.process().close();
  }

  private static Path policy(Cast cast, String address) throws IOException {
    JsonArray identities = new JsonArray();
    identities.add(Cast.id("/demo/" + Cast.PAYMENTS));
    JsonObject entry = new JsonObject();
    entry.addProperty("target", address);
    entry.add("identities", identities);
    JsonArray entries = new JsonArray();
    entries.add(entry);
    JsonObject policy = new JsonObject();
    policy.addProperty("mode", "trust-domain");
    policy.add("entries", entries);
    return Files.writeString(cast.stage().path("naming.json"), policy.toString());
  }
}
