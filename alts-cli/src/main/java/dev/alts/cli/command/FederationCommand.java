package dev.alts.cli.command;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
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
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Other trust domains. */
@Command(
    name = "federation",
    description = {
      "Accept identities of other trust domains, SPIFFE's as well as ALTS's. Each side adds the",
      "other: see docs/operate/federation.md."
    })
public final class FederationCommand {
  private static final String REASON = "Why, for the audit log.";
  private static final Table TABLE =
      new Table(
          Column.of("TRUST DOMAIN", "trustDomain"),
          Column.of("PROFILE", "profile"),
          Column.of("STANDING", "standing"),
          Column.of("SEQUENCE", "sequence"),
          Column.of("AUTHORITIES", "authorities"),
          Column.of("JWT KEYS", "jwtKeys"),
          Column.of("ALTS", "trustDocumentSequence"),
          Column.of("FETCHED", "fetchedAt"));

  private final Session session;

  public FederationCommand(Session session) {
    this.session = session;
  }

  @Command(
      name = "add",
      description = {
        "Accept a trust domain, or change how. Its bundle is fetched within a second.",
        "What is not said is as if it were new, so say everything again to change one thing."
      })
  int add(
      @Parameters(paramLabel = "TRUST-DOMAIN", description = "Its name, without spiffe://.")
          String domain,
      @Option(
              names = "--endpoint",
              required = true,
              paramLabel = "URL",
              description = "Where it publishes its bundle: https://HOST[:PORT]/PATH.")
          String endpoint,
      @Option(
              names = "--endpoint-id",
              paramLabel = "SPIFFE-ID",
              description = {
                "Profile https_spiffe: whose SVID the endpoint shows. Without this the profile is",
                "https_web: a certificate for the host's name."
              })
          @Nullable String endpointId,
      @Option(
              names = "--bundle",
              paramLabel = "FILE",
              description = {
                "Its bundle as the endpoint serves it, brought by a way that you trust. Needed with",
                "--endpoint-id of the same trust domain. Begins the sequence anew."
              })
          @Nullable Path bundle,
      @Option(
              names = "--web-ca",
              paramLabel = "FILE",
              description = "https_web: CAs that may certify the endpoint, PEM; else the system's.")
          @Nullable Path webAuthorities,
      @Option(
              names = "--root",
              paramLabel = "FINGERPRINT",
              description = {
                "For ALTS: fingerprint of the domain's root, from its admins. Fetches its trust",
                "document and revocation list too."
              })
          @Nullable String root,
      @Option(
              names = "--private-network",
              description =
                  "The endpoint is in one of the networks of alts.ca.fetch.private-networks.")
          boolean privateNetwork,
      @Option(
              names = "--kind",
              paramLabel = "KIND",
              description = "workload (if none is said), machine or human. May be repeated.")
          @Nullable List<String> kinds,
      @Option(
              names = "--path",
              paramLabel = "PREFIX",
              description = "Accept only its identities below this path. May be repeated.")
          @Nullable List<String> paths,
      @Option(
              names = "--given-to",
              paramLabel = "PREFIX",
              description = "Tell only our identities below this path. May be repeated.")
          @Nullable List<String> givenTo,
      @Option(
              names = "--max-age",
              paramLabel = "DURATION",
              description =
                  "Trust nothing of it when so long nothing could be fetched; P7D if not said.")
          @Nullable String maxAge,
      @Option(names = "--reason", required = true, paramLabel = "TEXT", description = REASON)
          String reason) {
    JsonObject body = new JsonObject();
    body.addProperty("endpoint", endpoint);
    body.addProperty("profile", endpointId == null ? "https_web" : "https_spiffe");
    add(body, "endpointSpiffeId", endpointId);
    add(body, "bundle", bundle == null ? null : content(bundle));
    add(body, "webAuthorities", webAuthorities == null ? null : content(webAuthorities));
    add(body, "rootFingerprint", root);
    body.addProperty("privateNetwork", privateNetwork);
    add(body, "kinds", kinds);
    add(body, "paths", paths);
    add(body, "givenTo", givenTo);
    add(body, "maxAge", maxAge);
    body.addProperty("reason", reason);
    try (CaClient ca = session.ca()) {
      JsonObject answer = ca.put(path(domain), body);
      session
          .printer()
          .one(
              answer,
              List.of(
                  "%s is accepted once its bundle has been fetched. See: altsctl federation show %s"
                      .formatted(domain, domain)));
    }
    return 0;
  }

  @Command(name = "list", description = "List the trust domains and how each stands.")
  int list() {
    try (CaClient ca = session.ca()) {
      session
          .printer()
          .list(ca.list("/v1/federations", 1000), TABLE, "No other trust domain is accepted.");
    }
    return 0;
  }

  @Command(name = "show", description = "Show one with everything that is known of it.")
  int show(@Parameters(paramLabel = "TRUST-DOMAIN", description = "Its name.") String domain) {
    try (CaClient ca = session.ca()) {
      JsonObject answer = ca.get(path(domain));
      session.printer().one(answer, lines(answer));
    }
    return 0;
  }

  @Command(name = "refresh", description = "Fetch what it publishes now; fails if that fails.")
  int refresh(
      @Parameters(paramLabel = "TRUST-DOMAIN", description = "Its name.") String domain,
      @Option(names = "--reason", required = true, paramLabel = "TEXT", description = REASON)
          String reason) {
    try (CaClient ca = session.ca()) {
      JsonObject answer = ca.post(path(domain) + "/refresh", reason(reason));
      if (answer.get("failures").getAsInt() > 0) {
        throw CommandFailedException.refused(
            "not fetched: " + JsonText.of(answer.get("lastFailure")),
            "What was fetched before is still trusted: altsctl federation show " + domain);
      }
      session.printer().one(answer, lines(answer));
    }
    return 0;
  }

  @Command(name = "remove", description = "Accept it no more; everybody hears it at once.")
  int remove(
      @Parameters(paramLabel = "TRUST-DOMAIN", description = "Its name.") String domain,
      @Option(names = "--reason", required = true, paramLabel = "TEXT", description = REASON)
          String reason) {
    try (CaClient ca = session.ca()) {
      JsonObject answer = ca.post(path(domain) + "/remove", reason(reason));
      session.printer().one(answer, List.of("%s is not accepted any more.".formatted(domain)));
    }
    return 0;
  }

  private static List<String> lines(JsonObject answer) {
    List<String> lines = new ArrayList<>();
    for (String member : answer.keySet()) {
      JsonElement value = answer.get(member);
      String text =
          value.isJsonArray()
              ? String.join(
                  ", ", value.getAsJsonArray().asList().stream().map(JsonText::of).toList())
              : JsonText.of(value);
      lines.add("%-22s %s".formatted(member, text.isEmpty() ? "-" : text));
    }
    return lines;
  }

  private static String path(String domain) {
    if (!domain.matches("[a-z0-9._-]{1,255}")) {
      throw CommandFailedException.usage(
          "trust domain \"%s\"".formatted(domain), "a name like prod.example, without spiffe://");
    }
    return "/v1/federations/" + domain;
  }

  private static JsonObject reason(String text) {
    JsonObject body = new JsonObject();
    body.addProperty("reason", text);
    return body;
  }

  private static void add(JsonObject body, String name, @Nullable String value) {
    if (value != null) {
      body.addProperty(name, value);
    }
  }

  private static void add(JsonObject body, String name, @Nullable List<String> values) {
    if (values != null) {
      JsonArray array = new JsonArray();
      values.forEach(array::add);
      body.add(name, array);
    }
  }

  private static String content(Path file) {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw CommandFailedException.failed("not read: " + e.getMessage(), null, e);
    }
  }
}
