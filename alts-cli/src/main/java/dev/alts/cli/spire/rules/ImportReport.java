package dev.alts.cli.spire.rules;

import com.google.gson.JsonObject;
import com.google.gson.stream.JsonWriter;
import dev.alts.cli.spire.rules.ImportedRules.Difference;
import dev.alts.cli.spire.rules.ImportedRules.Group;
import dev.alts.cli.spire.rules.ImportedRules.Lacking;
import dev.alts.cli.spire.rules.ImportedRules.MachinePlan;
import java.io.IOException;
import java.io.Writer;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Accounts for every entry of an import, as JSON. */
public final class ImportReport {
  private ImportReport() {}

  /** {@return how many entries went where} */
  public static JsonObject counts(ImportedRules imported) {
    JsonObject counts = new JsonObject();
    counts.addProperty("entries", imported.entries());
    counts.addProperty("rules", imported.rules().size());
    counts.addProperty("covered", imported.covered());
    counts.addProperty(
        "different", imported.differences().stream().map(Difference::entry).distinct().count());
    counts.addProperty("nodeAliases", imported.nodeAliases());
    counts.addProperty("notCovered", imported.notCovered());
    counts.addProperty("grantNothing", imported.unmet().size() - imported.notCovered());
    SortedMap<String, Integer> reasons = new TreeMap<>();
    imported.unmet().forEach(one -> reasons.merge(one.reason(), 1, Integer::sum));
    JsonObject byReason = new JsonObject();
    reasons.forEach(byReason::addProperty);
    counts.add("byReason", byReason);
    return counts;
  }

  /** Writes all of it, entry by entry. */
  public static void write(ImportedRules imported, Writer writer) throws IOException {
    JsonWriter json = new JsonWriter(writer);
    json.setIndent("  ");
    json.beginObject();
    json.name("trustDomain").value(imported.trustDomain());
    json.name("counts").jsonValue(counts(imported).toString());
    json.name("rules").beginArray();
    for (Group group : imported.groups()) {
      json.beginObject();
      json.name("names").beginArray();
      for (MadeRule rule : group.rules()) {
        json.value(rule.name());
      }
      json.endArray();
      json.name("entries").beginArray();
      for (String entry : group.entries()) {
        json.value(entry);
      }
      json.endArray();
      json.endObject();
    }
    json.endArray();
    lacking(imported, json, "notCovered", true);
    lacking(imported, json, "grantNothing", false);
    json.name("different").beginArray();
    for (Difference difference : imported.differences()) {
      json.beginObject();
      json.name("id").value(difference.entry());
      json.name("spiffeId").value(difference.spiffeId());
      json.name("what").value(difference.what());
      json.endObject();
    }
    json.endArray();
    machines(imported, json);
    json.endObject();
    json.flush();
  }

  private static void lacking(ImportedRules imported, JsonWriter json, String name, boolean grants)
      throws IOException {
    json.name(name).beginArray();
    for (Lacking one : imported.unmet()) {
      if (one.grantsInSpire() == grants) {
        json.beginObject();
        json.name("id").value(one.entry());
        json.name("spiffeId").value(one.spiffeId());
        json.name("reason").value(one.reason());
        json.name("why").value(one.why());
        json.name("todo").value(one.todo());
        json.endObject();
      }
    }
    json.endArray();
  }

  private static void machines(ImportedRules imported, JsonWriter json) throws IOException {
    json.name("labels").beginObject();
    for (Map.Entry<String, String> label : imported.labels().entrySet()) {
      json.name(label.getKey()).value(label.getValue());
    }
    json.endObject();
    json.name("machines").beginArray();
    for (MachinePlan machine : imported.machines()) {
      json.beginObject();
      json.name("agent").value(machine.agent());
      json.name("name").value(machine.name());
      json.name("labels").beginObject();
      for (Map.Entry<String, String> label : machine.labels().entrySet()) {
        json.name(label.getKey()).value(label.getValue());
      }
      json.endObject();
      json.endObject();
    }
    json.endArray();
  }
}
