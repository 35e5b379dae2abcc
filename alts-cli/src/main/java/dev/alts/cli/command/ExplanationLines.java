package dev.alts.cli.command;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.alts.cli.output.JsonText;
import java.util.ArrayList;
import java.util.List;

/** An explanation for people: what is given, from which facts, and what each rule says. */
final class ExplanationLines {
  private ExplanationLines() {}

  static List<String> of(JsonObject answer) {
    List<String> lines = new ArrayList<>();
    lines.add(text(answer, "subject"));
    if (isThere(answer, "at")) {
      lines.add(
          "by the rules of %s: version %s since %s, by %s"
              .formatted(
                  text(answer, "at"),
                  text(answer, "ruleVersion"),
                  text(answer, "rulesSince"),
                  text(answer, "rulesBy")));
      lines.add(
          answer.getAsJsonArray("granted").isEmpty()
              ? "gives nothing"
              : "gives " + text(answer, "granted"));
      answer.getAsJsonArray("facts").forEach(fact -> lines.add(fact(fact.getAsJsonObject())));
      answer.getAsJsonArray("rules").forEach(rule -> lines.add(rule(answer, rule)));
    }
    answer
        .getAsJsonArray("caveats")
        .forEach(caveat -> lines.add("  but note: " + JsonText.of(caveat)));
    return lines;
  }

  private static String fact(JsonObject fact) {
    String attestor = text(fact, "attestor");
    return "  fact %s = %s  (%s%s, since %s)"
        .formatted(
            text(fact, "name"),
            text(fact, "value"),
            text(fact, "saidBy").equals("ca") ? "verified by the CA" : "the agent's word",
            attestor.equals("-") ? "" : ", " + attestor,
            text(fact, "since"));
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

  private static boolean isThere(JsonObject object, String name) {
    return object.has(name) && !object.get(name).isJsonNull();
  }

  private static String text(JsonObject object, String name) {
    return JsonText.of(object.get(name));
  }
}
