package dev.alts.cli.command;

import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.alts.cli.ca.CommandFailedException;
import dev.alts.cli.ca.ExitCode;
import dev.alts.cli.output.JsonText;
import dev.alts.cli.spire.SpireAgent;
import dev.alts.cli.spire.SpireEntry;
import dev.alts.cli.spire.rules.ImportReport;
import dev.alts.cli.spire.rules.ImportedRules;
import dev.alts.cli.spire.rules.ImportedRules.Lacking;
import dev.alts.cli.spire.rules.RuleFile;
import dev.alts.cli.spire.rules.RuleImport;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Rules instead of SPIRE's entries. */
@Command(
    name = "spire",
    description = {
      "Make a rule file of the entries of a SPIRE server. Asks no CA and changes nothing.",
      "The rules grant exactly what the entries grant; what they cannot say is listed."
    },
    footer = {
      "",
      "spire-server entry show -output json > entries.json",
      "spire-server agent list -output json > agents.json",
      "Exit code 4: some entries have no rule, or there are more rules than the CA takes."
    })
public final class ImportSpireCommand implements Callable<Integer> {
  /** The most that one rule set holds. */
  private static final int MAX_RULES = 500;

  private static final int SHOWN = 20;

  private final Session session;

  @Option(
      names = {"-f", "--file"},
      required = true,
      paramLabel = "FILE",
      description = "The entries; - is the standard input.")
  private Path entries = Path.of("-");

  @Option(names = "--agents", paramLabel = "FILE", description = "The agents.")
  private @Nullable Path agents;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "For the rules; else they are printed.")
  private @Nullable Path out;

  @Option(
      names = "--report",
      paramLabel = "FILE",
      description = "For the account of every entry, as JSON.")
  private @Nullable Path report;

  @Option(
      names = "--generalise",
      paramLabel = "HOW",
      defaultValue = "closed",
      description = {
        "closed: what entries name and nothing else (the default).",
        "open: where a path repeats a fact of a process, any value of it."
      })
  private Generalise generalise = Generalise.CLOSED;

  @Mixin private SpireChoices choices = new SpireChoices();

  /** Whether values that no entry names are granted. */
  enum Generalise {
    CLOSED,
    OPEN
  }

  ImportSpireCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    SpireFiles files = new SpireFiles(session.context().in());
    ImportedRules imported = imported(files.entries(entries), files.agents(agents));
    try {
      if (report != null) {
        try (BufferedWriter writer = Files.newBufferedWriter(report)) {
          ImportReport.write(imported, writer);
        }
      }
      if (out == null) {
        RuleFile.write(imported, session.context().out());
        session.context().out().flush();
        lines(imported).forEach(session::say);
      } else {
        try (BufferedWriter writer = Files.newBufferedWriter(out)) {
          RuleFile.write(imported, writer);
        }
        session.printer().one(ImportReport.counts(imported), lines(imported));
      }
    } catch (IOException e) {
      throw CommandFailedException.failed("cannot write: " + e, null, e);
    }
    boolean whole = imported.notCovered() == 0 && imported.rules().size() <= MAX_RULES;
    return (whole ? ExitCode.OK : ExitCode.INCOMPLETE).number();
  }

  private ImportedRules imported(List<SpireEntry> entries, List<SpireAgent> agents) {
    try {
      return RuleImport.of(
          entries,
          agents,
          choices.options(generalise == Generalise.OPEN),
          session.context().clock().instant());
    } catch (IllegalArgumentException e) {
      throw CommandFailedException.usage(String.valueOf(e.getMessage()), null);
    }
  }

  private List<String> lines(ImportedRules imported) {
    List<String> lines = new ArrayList<>();
    JsonObject counts = ImportReport.counts(imported);
    List<Lacking> lacking = imported.unmet().stream().filter(Lacking::grantsInSpire).toList();
    lacking.stream()
        .limit(SHOWN)
        .forEach(one ->
            lines.add(
                "not covered  %s  %s: %s (%s). %s"
                    .formatted(
                        plain(one.entry()),
                        plain(one.spiffeId()),
                        plain(one.why()),
                        one.reason(),
                        one.todo())));
    if (lacking.size() > SHOWN) {
      lines.add(
          "not covered  and %d more%s"
              .formatted(lacking.size() - SHOWN, report == null ? " (--report FILE)" : ""));
    }
    lines.add(
        "%s entries: %s in %s rules (%s not quite the same), %s node aliases, %s not covered,"
                .formatted(
                    text(counts, "entries"),
                    text(counts, "covered"),
                    text(counts, "rules"),
                    text(counts, "different"),
                    text(counts, "nodeAliases"),
                    text(counts, "notCovered"))
            + " %s that grant nothing".formatted(text(counts, "grantNothing")));
    if (imported.rules().size() > MAX_RULES) {
      lines.add(
          "The CA takes %d rules: --generalise=open makes fewer where paths repeat facts."
              .formatted(MAX_RULES));
    }
    return lines;
  }

  private static String text(JsonObject counts, String name) {
    return counts.get(name).getAsString();
  }

  private static String plain(String text) {
    return JsonText.of(new JsonPrimitive(text));
  }
}
