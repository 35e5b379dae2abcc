package dev.alts.cli.shadow;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;

/** Comparisons for people and programs. */
public final class ComparisonReport {
  private ComparisonReport() {}

  /** {@return a comparison as JSON} */
  public static JsonObject json(Comparison comparison) {
    JsonObject json = new JsonObject();
    json.addProperty("verdict", comparison.verdict().text());
    JsonArray identities = new JsonArray();
    for (Comparison.Line line : comparison.lines()) {
      JsonObject one = new JsonObject();
      one.addProperty("spiffeId", line.spiffeId());
      one.addProperty("verdict", line.verdict().text());
      JsonArray differences = new JsonArray();
      line.differences().forEach(differences::add);
      one.add("differences", differences);
      identities.add(one);
    }
    for (Comparison.Unknown unknown : comparison.unknown()) {
      JsonObject one = new JsonObject();
      one.addProperty("spiffeId", unknown.spiffeId());
      one.addProperty("verdict", Comparison.Verdict.UNKNOWN.text());
      one.addProperty("why", unknown.why());
      identities.add(one);
    }
    json.add("identities", identities);
    return json;
  }

  /**
   * {@return a line for each identity}
   *
   * @param process who it is about
   */
  public static List<JsonObject> rows(String process, Comparison comparison) {
    List<JsonObject> rows = new ArrayList<>();
    for (Comparison.Line line : comparison.lines()) {
      rows.add(
          row(process, line.verdict(), line.spiffeId(), String.join("; ", line.differences())));
    }
    for (Comparison.Unknown unknown : comparison.unknown()) {
      rows.add(row(process, Comparison.Verdict.UNKNOWN, unknown.spiffeId(), unknown.why()));
    }
    if (rows.isEmpty()) {
      rows.add(row(process, Comparison.Verdict.SAME, "", "no identity from either"));
    }
    return rows;
  }

  private static JsonObject row(
      String process, Comparison.Verdict verdict, String spiffeId, String what) {
    JsonObject row = new JsonObject();
    row.addProperty("process", process);
    row.addProperty("verdict", verdict.text());
    row.addProperty("spiffeId", spiffeId);
    row.addProperty("what", what);
    return row;
  }
}
