package dev.alts.cli.command;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.alts.cli.output.JsonText;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What a revocation would hit, as lines for people. */
final class RevocationPreviewText {
  private static final Map<String, String> CHANNELS =
      Map.of(
          "agent", "of agents to the CA, until they attest again",
          "alts", "of processes by ALTS, within seconds",
          "ca", "to the CA's own ports",
          "human", "of humans to the CA and by ALTS",
          "tls", "of plain TLS: only new ones, and only where lists are checked (revocation crl)");

  private RevocationPreviewText() {}

  static List<String> lines(JsonObject preview) {
    List<String> lines = new ArrayList<>();
    lines.add("Nothing was changed. Revoking %s would:".formatted(text(preview, "target")));
    lines.add(
        "  void %s certificates (%s)"
            .formatted(text(preview, "certificates"), text(preview, "profiles")));
    names(lines, "identities", preview.getAsJsonObject("identities"));
    names(lines, "machines", preview.getAsJsonObject("machines"));
    names(lines, "identities with new resumption keys", preview.getAsJsonObject("sessionKeys"));
    for (JsonElement channel : preview.getAsJsonArray("channels")) {
      String kind = JsonText.of(channel);
      lines.add("  end connections " + CHANNELS.getOrDefault(kind, kind));
    }
    if (preview.has("expelled")) {
      lines.add(
          "  turn machine %s away until it attests again".formatted(text(preview, "expelled")));
    }
    if (preview.get("ban").getAsBoolean()) {
      lines.add("  let nobody have it again until the ban is lifted");
    }
    if (preview.get("hitsYou").getAsBoolean()) {
      lines.add("  end YOUR OWN login: another admin has to give you a new enrolment code");
    }
    return lines;
  }

  private static void names(List<String> lines, String what, JsonObject names) {
    long count = names.get("count").getAsLong();
    lines.add("  %s: %d".formatted(what, count));
    names.getAsJsonArray("first").forEach(name -> lines.add("    " + JsonText.of(name)));
    long left = count - names.getAsJsonArray("first").size();
    if (left > 0) {
      lines.add("    and %d more (--limit)".formatted(left));
    }
  }

  private static String text(JsonObject object, String name) {
    return JsonText.of(object.get(name));
  }
}
