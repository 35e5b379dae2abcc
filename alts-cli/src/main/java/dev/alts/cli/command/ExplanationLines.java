package dev.alts.cli.command;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.alts.cli.output.JsonText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** An explanation for people: what is given or why not, from which facts, by which rules. */
final class ExplanationLines {
  private ExplanationLines() {}

  static List<String> of(JsonObject answer) {
    List<String> lines = new ArrayList<>();
    lines.add(text(answer, "subject"));
    if (isThere(answer, "rulesSince")) {
      lines.add(
          "as of %s: rules version %s since %s, by %s: %s"
              .formatted(
                  text(answer, "at"),
                  text(answer, "ruleVersion"),
                  text(answer, "rulesSince"),
                  text(answer, "rulesBy"),
                  text(answer, "rulesReason")));
      lines.add(
          answer.getAsJsonArray("granted").isEmpty()
              ? "gives nothing"
              : "gives " + text(answer, "granted"));
    } else {
      lines.add("as of " + text(answer, "at"));
    }
    if (isThere(answer, "firstObstacle")) {
      lines.add("in the way: " + text(answer, "firstObstacle"));
    }
    list(answer, "facts").forEach(fact -> lines.add(fact(fact.getAsJsonObject())));
    list(answer, "rules").forEach(rule -> lines.add(rule(answer, rule)));
    list(answer, "circumstances").forEach(each -> lines.add(circumstance(each.getAsJsonObject())));
    list(answer, "caveats").forEach(caveat -> lines.add("  but note: " + JsonText.of(caveat)));
    return lines;
  }

  private static String fact(JsonObject fact) {
    String attestor = text(fact, "attestor");
    return "  fact %s = %s  (%s%s, since %s, then %s old)"
        .formatted(
            text(fact, "name"),
            text(fact, "value"),
            text(fact, "saidBy").equals("ca") ? "verified by the CA" : "the agent's word",
            attestor.equals("-") ? "" : ", " + attestor,
            text(fact, "since"),
            age(fact.get("ageSeconds").getAsLong()));
  }

  private static String age(long seconds) {
    Duration age = Duration.ofSeconds(seconds);
    if (age.toDays() > 1) {
      return age.toDays() + " days";
    }
    return age.toMinutes() > 1 ? age.toMinutes() + " min" : seconds + " s";
  }

  private static String rule(JsonObject answer, JsonElement element) {
    JsonObject rule = element.getAsJsonObject();
    String name = text(rule, "rule");
    if (isThere(rule, "gives")) {
      return "  rule %s: matches, gives %s".formatted(name, text(rule, "gives"));
    }
    String failed = text(rule, "failed");
    return "  rule %s: %s%s  (%s of %s conditions hold%s)"
        .formatted(
            name,
            failed.equals("-") ? "" : failed + " ",
            text(rule, "why"),
            text(rule, "holding"),
            text(rule, "conditions"),
            name.equals(text(answer, "nearest")) ? ", nearest" : "");
  }

  private static String circumstance(JsonObject each) {
    return "  %s %s: %s%s"
        .formatted(
            each.get("inTheWay").getAsBoolean() ? "NO " : "ok ",
            text(each, "about"),
            text(each, "text"),
            isThere(each, "since") ? "  (since " + text(each, "since") + ")" : "");
  }

  private static JsonArray list(JsonObject answer, String name) {
    return answer.has(name) ? answer.getAsJsonArray(name) : new JsonArray();
  }

  private static boolean isThere(JsonObject object, String name) {
    return object.has(name) && !object.get(name).isJsonNull();
  }

  private static String text(JsonObject object, String name) {
    return JsonText.of(object.get(name));
  }
}
