package dev.alts.cli.command;

import com.google.gson.JsonObject;
import dev.alts.cli.ca.CaClient;
import dev.alts.cli.ca.Query;
import dev.alts.cli.output.Table;
import dev.alts.cli.output.Table.Column;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** People who may log in. */
@Command(name = "human", description = "People who may log in.")
public final class HumanCommand {
  private static final Table TABLE =
      new Table(
          Column.of("HUMAN", "name"),
          Column.of("ADMIN", "admin"),
          Column.of("DISABLED", "disabled"),
          Column.of("ENROLLED", "enrolledAt"),
          Column.of("LAST LOGIN", "lastLoginAt"));

  private final Session session;

  public HumanCommand(Session session) {
    this.session = session;
  }

  @Command(name = "enrol", description = "Make a one-time code with which a human logs in.")
  int enrol(
      @Parameters(paramLabel = "NAME", description = "The human.") String name,
      @Option(names = "--admin", description = "The human becomes an admin.") boolean admin) {
    JsonObject body = new JsonObject();
    body.addProperty("admin", admin);
    try (CaClient ca = session.ca()) {
      JsonObject answer = ca.post("/v1/humans/" + Query.segment(name) + "/enrolments", body);
      session
          .printer()
          .one(
              answer,
              OneTimeText.lines(
                  answer.get("code").getAsString(),
                  answer.get("expiresAt").getAsString(),
                  "%s logs in with it: altsctl login --ca %s --code -"
                      .formatted(name, ca.addresses())));
    }
    return 0;
  }

  @Command(
      name = "disable",
      description = "Keep a human out until they are enabled again, and end what they have.")
  int disable(
      @Parameters(paramLabel = "NAME", description = "The human.") String name,
      @Option(names = "--reason", required = true, paramLabel = "TEXT", description = "Why.")
          String reason) {
    return change(name, "disable", reason, "%s is disabled.");
  }

  @Command(name = "enable", description = "Let a human in again.")
  int enable(
      @Parameters(paramLabel = "NAME", description = "The human.") String name,
      @Option(names = "--reason", required = true, paramLabel = "TEXT", description = "Why.")
          String reason) {
    return change(name, "enable", reason, "%s is enabled and needs a new code to log in.");
  }

  @Command(name = "list", description = "List the humans.")
  int list(
      @Option(
              names = "--limit",
              paramLabel = "N",
              defaultValue = "1000",
              description = "At most this many.")
          int limit) {
    try (CaClient ca = session.ca()) {
      session.printer().list(ca.list("/v1/humans", limit), TABLE, "Nobody is enrolled yet.");
    }
    return 0;
  }

  private int change(String name, String verb, String reason, String done) {
    JsonObject body = new JsonObject();
    body.addProperty("reason", reason);
    try (CaClient ca = session.ca()) {
      JsonObject answer = ca.post("/v1/humans/" + Query.segment(name) + "/" + verb, body);
      session.printer().one(answer, List.of(done.formatted(name)));
    }
    return 0;
  }
}
