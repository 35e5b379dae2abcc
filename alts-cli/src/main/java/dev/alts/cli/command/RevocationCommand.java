package dev.alts.cli.command;

import com.google.gson.JsonObject;
import dev.alts.cli.ca.CaClient;
import dev.alts.cli.ca.CommandFailedException;
import dev.alts.cli.ca.Query;
import dev.alts.cli.output.JsonText;
import dev.alts.cli.output.Table;
import dev.alts.cli.output.Table.Column;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The revocation list in force, and lists of RFC 5280. */
@Command(name = "revocation", description = "What is revoked; lists for ordinary TLS (RFC 5280).")
public final class RevocationCommand {
  private static final Table TABLE =
      new Table(
          Column.of("KIND", "kind"),
          Column.of("WHAT", "what"),
          Column.of("ISSUED BEFORE", "before"),
          Column.of("DROPPED AFTER", "dropAfter"),
          Column.of("CODE", "reasonCode"),
          Column.of("REASON", "reason"),
          Column.of("ID", "id"));

  private static final Table CRLS =
      new Table(
          Column.of("AUTHORITY", "authority"),
          Column.of("KIND", "kind"),
          Column.of("NUMBER", "number"),
          Column.of("ENTRIES", "entries"),
          Column.of("SIGNED", "thisUpdate"),
          Column.of("NEXT BY", "nextUpdate"),
          Column.of("FOR OPENSSL", "signable"));

  private final Session session;

  public RevocationCommand(Session session) {
    this.session = session;
  }

  @Command(name = "list", description = "List what is revoked, the newest first.")
  int list(
      @Option(
              names = "--limit",
              paramLabel = "N",
              defaultValue = "1000",
              description = "At most this many.")
          int limit) {
    try (CaClient ca = session.ca()) {
      session.printer().list(ca.list("/v1/revocations", limit), TABLE, "Nothing is revoked.");
    }
    return 0;
  }

  @Command(name = "show", description = "Show one entry: by whom, when and why.")
  int show(
      @Parameters(paramLabel = "ID", description = "From: altsctl revocation list.") String id) {
    try (CaClient ca = session.ca()) {
      JsonObject entry = ca.get("/v1/revocations/" + Query.segment(id));
      List<String> lines = new ArrayList<>();
      lines.add("%s %s".formatted(JsonText.of(entry.get("kind")), JsonText.of(entry.get("what"))));
      if (entry.has("before")) {
        lines.add("  void if older than: " + JsonText.of(entry.get("before")));
      }
      lines.add("  revoked at: " + JsonText.of(entry.get("revokedAt")));
      lines.add("  by: " + JsonText.of(entry.get("author")));
      lines.add(
          "  because: %s (%s)"
              .formatted(JsonText.of(entry.get("reason")), JsonText.of(entry.get("reasonCode"))));
      lines.add("  leaves the list after: " + JsonText.of(entry.get("dropAfter")));
      session.printer().one(entry, lines);
    }
    return 0;
  }

  @Command(
      name = "crl",
      description = {
        "Fetch an authority's list of revoked certificates (RFC 5280, DER).",
        "Without --authority: list the lists."
      })
  int crl(
      @Option(
              names = "--authority",
              paramLabel = "SHA-256",
              description = "Of the authority's public key; from: altsctl authority list.")
          @Nullable String authority,
      @Option(names = "--out", paramLabel = "FILE", description = "Where to write it.")
          @Nullable Path out) {
    try (CaClient ca = session.ca()) {
      if (authority == null) {
        session.printer().list(ca.list("/v1/crls", Integer.MAX_VALUE), CRLS, "There is no list.");
        return 0;
      }
      if (out == null) {
        throw CommandFailedException.usage("--out FILE is missing", null);
      }
      byte[] list = ca.getCrl("/v1/crls/" + Query.segment(authority));
      Files.write(out, list);
      JsonObject answer = new JsonObject();
      answer.addProperty("authority", authority);
      answer.addProperty("file", out.toString());
      answer.addProperty("bytes", list.length);
      session
          .printer()
          .one(
              answer,
              List.of(
                  "Wrote %s, %d bytes; look at it: openssl crl -inform DER -in %s -text"
                      .formatted(out, list.length, out)));
    } catch (IOException e) {
      throw CommandFailedException.failed("cannot write " + out, e.getMessage(), e);
    }
    return 0;
  }
}
