package dev.alts.cli.command;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.alts.cli.output.JsonText;
import java.util.ArrayList;
import java.util.List;

/** What a dry run of rules found, for people: always the counts, then names as far as asked for. */
final class RulePreviewText {
  private RulePreviewText() {}

  static List<String> lines(JsonObject preview) {
    List<String> lines = new ArrayList<>();
    JsonObject counts = preview.getAsJsonObject("identities");
    lines.add(
        "compared with version %s in force, over %s live certificates: nothing was changed"
            .formatted(
                preview.get("inForce").getAsString(), preview.get("certificates").getAsString()));
    rules(lines, "rules added", preview.getAsJsonArray("rulesAdded"));
    rules(lines, "rules removed", preview.getAsJsonArray("rulesRemoved"));
    rules(lines, "rules changed", preview.getAsJsonArray("rulesChanged"));
    lines.add(
        "identities on machines: withdrawn %s, changed %s, added %s, kept %s"
            .formatted(
                counts.get("withdrawn").getAsString(),
                counts.get("changed").getAsString(),
                counts.get("added").getAsString(),
                counts.get("kept").getAsString()));
    for (String effect : List.of("withdrawn", "changed", "added")) {
      effect(lines, effect, counts.get(effect).getAsLong(), preview.getAsJsonArray("items"));
    }
    rules(
        lines,
        "not gathered by agents yet, so whoever needs one is shown as withdrawn until it asked"
            + " again",
        preview.getAsJsonArray("newFacts"));
    return lines;
  }

  private static void rules(List<String> lines, String title, JsonArray names) {
    if (!names.isEmpty()) {
      lines.add(
          title + ": " + String.join(", ", names.asList().stream().map(JsonText::of).toList()));
    }
  }

  private static void effect(List<String> lines, String effect, long count, JsonArray items) {
    long shown = 0;
    for (JsonElement element : items) {
      JsonObject item = element.getAsJsonObject();
      if (JsonText.of(item.get("effect")).equals(effect)) {
        shown++;
        lines.add(
            "  %-9s  %s  on %s  (rule %s): %s"
                .formatted(
                    effect,
                    JsonText.of(item.get("spiffeId")),
                    JsonText.of(item.get("machine")),
                    JsonText.of(item.get("rule")),
                    JsonText.of(item.get("why"))));
      }
    }
    if (shown < count) {
      lines.add("  %-9s  and %d more (--limit)".formatted(effect, count - shown));
    }
  }
}
