package dev.alts.demo.scene;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.alts.demo.Story;
import dev.alts.demo.stage.CommandLine;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a change of the rules would take from whom, before it does, and the limit that stops it. */
final class DryRun implements Scene {
  @Override
  public String title() {
    return "Rules tried before they hold";
  }

  @Override
  public void play(Cast cast, Story story) throws Exception {
    Path withoutShop = withoutShop(cast);
    String certificate = cast.shop().certificate();

    CommandLine.Outcome preview =
        cast.admin().tryTo("", "rule", "apply", "--dry-run", "--file=" + withoutShop);
    if (!preview.output().contains("withdrawn  " + Cast.id("/demo/" + Cast.SHOP))) {
      throw new IllegalStateException("the dry run finds something else: " + preview);
    }
    story.done("altsctl rule apply --dry-run with a file that forgets shop");
    preview.output().lines().map(String::strip).forEach(story::detail);

    CommandLine.Outcome refused =
        cast.admin().tryTo("", "rule", "apply", "--file=" + withoutShop, "--allow-withdrawals=0");
    if (refused.exitCode() == 0 || !cast.shop().certificate().equals(certificate)) {
      throw new IllegalStateException("shop lost its name: " + refused);
    }
    story.done("without --dry-run it is refused: no change takes more names than it may");
    refused.log().lines().limit(1).map(String::strip).forEach(story::detail);
  }

  private static Path withoutShop(Cast cast) throws Exception {
    JsonObject rules =
        JsonParser.parseString(Files.readString(Rules.write(cast.stage()))).getAsJsonObject();
    JsonArray others = new JsonArray();
    for (JsonElement rule : rules.getAsJsonArray("rules")) {
      if (!Calls.text(rule.getAsJsonObject(), "name").equals(Cast.SHOP)) {
        others.add(rule);
      }
    }
    rules.add("rules", others);
    return Files.writeString(cast.stage().path("rules-without-shop.json"), rules.toString());
  }
}
