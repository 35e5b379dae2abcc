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

/** Why something got an identity, or none; why a server is the right one; why a call may fail. */
@Command(
    name = "explain",
    description = {
      "Show why: facts with who says so, each rule, the first thing in the way.",
      "With --at as of a past time: rules, machines, bans and revocations of then."
    })
public final class ExplainCommand {
  static final String AT = "As of this past time, such as 2026-11-24T12:00:00Z.";

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

  @Command(name = "svid", description = "Show why a certificate was issued, and what it is worth.")
  int svid(
      @Parameters(
              paramLabel = "SERIAL|SPIFFE-ID",
              description = "Of a SPIFFE ID the newest certificate that is live.")
          String which,
      @Option(
              names = "--machine",
              paramLabel = "NAME",
              description = "With a SPIFFE ID: what this machine holds of it.")
          @Nullable String machine,
      @Option(names = "--at", paramLabel = "TIME", description = AT) @Nullable String at) {
    return show(
        which.startsWith("spiffe://")
            ? Query.add(Query.add("/v1/explain/svids", "spiffeId", which), "machine", machine)
            : "/v1/explain/svids/" + Query.segment(which),
        at);
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
              paramLabel = "NAME=VALUE|FILE",
              description = "What its agent would say; NAME:=JSON for lists and exact types.")
          List<String> facts,
      @Option(
              names = "--last",
              description = "The last request of a process with these facts, with all its facts.")
          boolean last,
      @Option(names = "--at", paramLabel = "TIME", description = AT) @Nullable String at) {
    JsonObject body = new JsonObject();
    body.addProperty("machine", machine);
    body.add("facts", FactArgument.parse(facts));
    body.addProperty("last", last);
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
      @Option(names = "--at", paramLabel = "TIME", description = AT) @Nullable String at) {
    return show("/v1/explain/denials/" + Query.segment(id), at);
  }

  @Command(name = "naming", description = "Show which servers a client accepts for a target.")
  int naming(
      @Parameters(paramLabel = "TARGET", description = "HOST or HOST:PORT.") String target,
      @Option(
              names = "--server",
              paramLabel = "SPIFFE-ID",
              description = "Would this server be accepted?")
          @Nullable String server,
      @Option(names = "--at", paramLabel = "TIME", description = AT) @Nullable String at) {
    return NamingCommand.explain(session, target, server, at);
  }

  @Command(
      name = "authorization",
      description = "Show what the CA knows of whether one may call another.")
  int authorization(
      @Option(
              names = "--client",
              required = true,
              paramLabel = "SPIFFE-ID",
              description = "Who calls.")
          String client,
      @Option(
              names = "--server",
              required = true,
              paramLabel = "SPIFFE-ID",
              description = "Who is called.")
          String server,
      @Option(
              names = "--target",
              paramLabel = "HOST[:PORT]",
              description = "For what the client's channel is opened.")
          @Nullable String target,
      @Option(names = "--at", paramLabel = "TIME", description = AT) @Nullable String at) {
    String path = Query.add("/v1/explain/authorization", "client", client);
    return show(Query.add(Query.add(path, "server", server), "target", target), at);
  }

  private int show(String path, @Nullable String at) {
    try (CaClient ca = session.ca()) {
      JsonObject answer = ca.get(Query.add(path, "at", at));
      session.printer().one(answer, ExplanationLines.of(answer));
    }
    return 0;
  }
}
