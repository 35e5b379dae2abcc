package dev.alts.cli.spire.rules;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import dev.alts.cli.spire.rules.ImportedRules.Group;
import java.io.IOException;
import java.util.List;

/**
 * Writes rules for people to review and for {@code altsctl rule apply}. The same input, the same
 * text.
 */
public final class RuleFile {
  private static final int NAMED_ENTRIES = 5;
  // Every JSON text is YAML too.
  private static final Gson JSON = new GsonBuilder().disableHtmlEscaping().create();

  private RuleFile() {}

  public static void write(ImportedRules imported, Appendable out) throws IOException {
    out.append(
        "# Made by altsctl import spire from %d entries of %s: %d covered, %d without a rule.\n"
            .formatted(
                imported.entries(),
                printable(imported.trustDomain()),
                imported.covered(),
                imported.notCovered()));
    out.append("# What has no rule and how machines have to join is in the report.\n");
    out.append(imported.groups().isEmpty() ? "rules: []\n" : "rules:\n");
    for (Group group : imported.groups()) {
      for (MadeRule rule : group.rules()) {
        write(rule, group.entries(), out);
      }
    }
  }

  private static void write(MadeRule rule, List<String> entries, Appendable out)
      throws IOException {
    out.append("  # %s: ".formatted(entries.size() == 1 ? "1 entry" : entries.size() + " entries"));
    out.append(
        String.join(", ", entries.stream().limit(NAMED_ENTRIES).map(RuleFile::printable).toList()));
    if (entries.size() > NAMED_ENTRIES) {
      out.append(" and %d more".formatted(entries.size() - NAMED_ENTRIES));
    }
    if (rule.parts() > 1) {
      out.append("; part %d of %d".formatted(rule.part(), rule.parts()));
    }
    out.append("\n  - name: ").append(rule.name());
    out.append("\n    identity: ").append(JSON.toJson(rule.identity()));
    out.append("\n    when: >-");
    String before = "\n      ";
    for (String term : rule.when()) {
      out.append(before).append(term);
      before = "\n      && ";
    }
    out.append("\n    ttl: ").append(Integer.toString(rule.ttl())).append('s');
    if (!rule.hint().isEmpty()) {
      out.append("\n    hint: ").append(JSON.toJson(rule.hint()));
    }
    if (!rule.dnsNames().isEmpty()) {
      out.append("\n    dns-names: ").append(JSON.toJson(rule.dnsNames()));
    }
    out.append("\n    priority: ").append(Integer.toString(rule.priority())).append('\n');
  }

  /** A comment must not end before its line does. */
  private static String printable(String text) {
    StringBuilder printable = new StringBuilder();
    text.codePoints().forEach(c -> printable.append(c >= ' ' && c < 0x7f ? (char) c : '?'));
    return printable.toString();
  }
}
