package dev.alts.cli.command;

import com.google.gson.JsonObject;
import dev.alts.cli.ca.CaClient;
import dev.alts.cli.ca.CommandFailedException;
import dev.alts.cli.output.JsonText;
import dev.alts.cli.output.Table;
import dev.alts.cli.output.Table.Column;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** An upstream CA above the authorities that issue for workloads. */
@Command(
    name = "upstream",
    description = {
      "Have the authority of workloads certified by another CA, so that plain-TLS clients which",
      "trust only that CA accept our SVIDs. Nothing in ALTS comes to trust it."
    },
    footer = {
      "",
      "In this order: request, have the request signed, install. Once more for each authority",
      "that is prepared (request --next), before it is activated."
    })
public final class AuthorityUpstreamCommand {
  private static final String REASON = "Why, for the audit log.";
  private static final Table TABLE =
      new Table(
          Column.of("KIND", "kind"),
          Column.of("AUTHORITY", "authorityState"),
          Column.of("SHA-256", "sha256"),
          Column.of("UPSTREAM", "state"),
          Column.of("ROOT", "root"),
          Column.of("ENDS", "notAfter"));

  private final Session session;

  public AuthorityUpstreamCommand(Session session) {
    this.session = session;
  }

  @Command(
      name = "request",
      description = {
        "Write a certification request (PKCS #10) of the authority that signs now.",
        "Its key signs it where it is kept."
      })
  int request(
      @Option(
              names = "--kind",
              paramLabel = "KIND",
              defaultValue = "workload",
              description = "Only workload: others are shown to nobody but ALTS.")
          AuthorityCommand.Kind kind,
      @Option(names = "--next", description = "Of the prepared authority, before it signs.")
          boolean next,
      @Option(names = "--out", required = true, paramLabel = "FILE", description = "For it, PEM.")
          Path out,
      @Option(names = "--reason", required = true, paramLabel = "TEXT", description = REASON)
          String reason) {
    JsonObject body = new JsonObject();
    body.addProperty("kind", kind.text());
    body.addProperty("slot", next ? "next" : "current");
    body.addProperty("reason", reason);
    try (CaClient ca = session.ca()) {
      JsonObject answer = ca.post("/v1/upstream-chains/request", body);
      Files.writeString(out, pem(JsonText.of(answer.get("csr"))));
      session
          .printer()
          .one(
              answer,
              List.of(
                  "Request of %s in %s. Have it signed as a CA with path length 0, then:"
                      .formatted(JsonText.of(answer.get("subject")), out),
                  "altsctl authority upstream install -f CHAIN"));
      return 0;
    } catch (IOException e) {
      throw CommandFailedException.failed(String.valueOf(e.getMessage()), null, e);
    }
  }

  @Command(
      name = "install",
      description = {
        "Hand out what the upstream CA has signed, behind every certificate from now on.",
        "Refused if clients of the upstream CA would not accept it."
      })
  int install(
      @Option(
              names = {"-f", "--file"},
              required = true,
              paramLabel = "FILE",
              description =
                  "PEM: the authority's certificate, intermediates, the root last, which is only"
                      + " checked.")
          Path file,
      @Option(names = "--reason", required = true, paramLabel = "TEXT", description = REASON)
          String reason) {
    JsonObject body = new JsonObject();
    try {
      body.addProperty("chain", Files.readString(file, StandardCharsets.ISO_8859_1));
    } catch (IOException e) {
      throw CommandFailedException.failed("not read: " + e.getMessage(), null, e);
    }
    body.addProperty("reason", reason);
    try (CaClient ca = session.ca()) {
      JsonObject answer = ca.post("/v1/upstream-chains", body);
      session
          .printer()
          .one(
              answer,
              List.of(
                  "Handed out under %s until %s, with every certificate from its next renewal on."
                      .formatted(
                          JsonText.of(answer.get("root")), JsonText.of(answer.get("notAfter")))));
    }
    return 0;
  }

  @Command(
      name = "list",
      description = "List the authorities of workloads and what an upstream CA has certified.")
  int list() {
    try (CaClient ca = session.ca()) {
      session.printer().list(ca.list("/v1/upstream-chains", 1000), TABLE, "There is none.");
    }
    return 0;
  }

  @Command(
      name = "remove",
      description = {
        "Hand it out no more. What was handed out stays with its holder until it is renewed;",
        "have the upstream CA revoke it if it must end at once."
      })
  int remove(
      @Option(
              names = "--authority",
              paramLabel = "SHA-256",
              description = "Of the authority, from list; needed if several have one.")
          @Nullable String authority,
      @Option(names = "--reason", required = true, paramLabel = "TEXT", description = REASON)
          String reason) {
    try (CaClient ca = session.ca()) {
      JsonObject body = new JsonObject();
      body.addProperty("authority", authority == null ? only(ca) : authority);
      body.addProperty("reason", reason);
      JsonObject answer = ca.post("/v1/upstream-chains/remove", body);
      session.printer().one(answer, List.of("Handed out no more, from the next renewal on."));
    }
    return 0;
  }

  private static String only(CaClient ca) {
    List<JsonObject> certified =
        ca.list("/v1/upstream-chains", 1000).stream().filter(each -> each.has("root")).toList();
    if (certified.size() != 1) {
      throw CommandFailedException.usage(
          "%d authorities have a certificate of an upstream CA".formatted(certified.size()),
          "say which: --authority SHA-256, from altsctl authority upstream list");
    }
    return JsonText.of(certified.getFirst().get("sha256"));
  }

  private static String pem(String base64) {
    return "-----BEGIN CERTIFICATE REQUEST-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'})
            .encodeToString(Base64.getDecoder().decode(base64))
        + "\n-----END CERTIFICATE REQUEST-----\n";
  }
}
