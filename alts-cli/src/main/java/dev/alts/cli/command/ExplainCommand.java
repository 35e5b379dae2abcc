package dev.alts.cli.command;

import com.google.gson.JsonObject;
import dev.alts.cli.ca.CaClient;
import dev.alts.cli.ca.Query;
import dev.alts.cli.output.Table;
import dev.alts.cli.output.Table.Column;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Why something got an identity, or none. */
@Command(
    name = "explain",
    description = {
      "Show why a process got an identity, or none.",
      "For names of servers: altsctl naming explain."
    })
public final class ExplainCommand {
  private static final Table DENIALS =
      new Table(
          Column.of("ID", "id"),
          Column.of("MACHINE", "machine"),
          Column.of("REFUSED", "refusedAt"),
          Column.of("REASON", "reason"),
          Column.of("RULES", "ruleVersion"),
          Column.of("EXPLANATION", "explanation"));

  private final Session session;

  public ExplainCommand(Session session) {
    this.session = session;
  }

  @Command(name = "svid", description = "Show why a certificate was issued.")
  int svid(
      @Parameters(paramLabel = "SERIAL", description = "Its serial number, from svid list.")
          String serial,
      @Option(
              names = "--at",
              paramLabel = "TIME",
              description = "By the rules of this time, such as 2026-11-24T12:00:00Z.")
          @Nullable String at) {
    return show("/v1/explain/svids/" + Query.segment(serial), at);
  }

  @Command(
      name = "request",
      description = "Show what a process on a machine would get, without asking for it.")
  int request(
      @Option(
              names = "--machine",
              required = true,
              paramLabel = "NAME",
              description = "The machine; its own facts come from the CA's record.")
          String machine,
      @Option(
              names = {"--fact", "--facts"},
              arity = "1..*",
              required = true,
              paramLabel = "NAME=VALUE",
              description = "What its agent would say; NAME:=JSON for lists and exact types.")
          List<String> facts,
      @Option(
              names = "--at",
              paramLabel = "TIME",
              description = "By the rules of this time, such as 2026-11-24T12:00:00Z.")
          @Nullable String at) {
    JsonObject body = new JsonObject();
    body.addProperty("machine", machine);
    body.add("facts", FactArgument.parse(facts));
    if (at != null) {
      body.addProperty("at", at);
    }
    try (CaClient ca = session.ca()) {
      JsonObject answer = ca.post("/v1/explain/requests", body);
      session.printer().one(answer, ExplanationLines.of(answer));
    }
    return 0;
  }

  @Command(name = "denials", description = "List what was refused lately, newest first.")
  int denials(
      @Option(names = "--machine", paramLabel = "NAME", description = "Of this machine only.")
          @Nullable String machine,
      @Option(
              names = "--limit",
              paramLabel = "N",
              defaultValue = "20",
              description = "At most this many.")
          int limit) {
    try (CaClient ca = session.ca()) {
      session
          .printer()
          .list(
              ca.list(Query.add("/v1/explain/denials", "machine", machine), limit),
              DENIALS,
              "Nothing was refused in the last week.");
    }
    return 0;
  }

  @Command(name = "denial", description = "Show why a process was refused.")
  int denial(
      @Parameters(paramLabel = "ID", description = "Its number, from explain denials.") String id,
      @Option(
              names = "--at",
              paramLabel = "TIME",
              description = "By the rules of this time instead: would it be refused then?")
          @Nullable String at) {
    return show("/v1/explain/denials/" + Query.segment(id), at);
  }

  private int show(String path, @Nullable String at) {
    try (CaClient ca = session.ca()) {
      JsonObject answer = ca.get(Query.add(path, "at", at));
      session.printer().one(answer, ExplanationLines.of(answer));
    }
    return 0;
  }
}
