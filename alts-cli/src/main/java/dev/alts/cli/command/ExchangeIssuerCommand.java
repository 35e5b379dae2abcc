package dev.alts.cli.command;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.alts.cli.ca.CaClient;
import dev.alts.cli.ca.CommandFailedException;
import dev.alts.cli.output.JsonText;
import dev.alts.cli.output.Table;
import dev.alts.cli.output.Table.Column;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The OIDC issuers whose tokens the CA exchanges. */
@Command(
    name = "issuer",
    description = "The OIDC issuers whose tokens the CA exchanges.",
    footer = {
      "",
      "GitHub, for the repositories of one owner:",
      "  altsctl exchange issuer add github --url https://token.actions.githubusercontent.com \\",
      "      --audience alts --require repository_owner=acme \\",
      "      --fact repository --fact ref --fact environment --reason 'deploys'",
      "Rules read verified.oidc.issuer, verified.oidc.subject and the facts: verified.oidc.repository."
    })
public final class ExchangeIssuerCommand {
  private static final Table TABLE =
      new Table(
          Column.of("ISSUER", "name"),
          Column.of("URL", "url"),
          Column.of("AUDIENCE", "audience"),
          Column.of("ALGORITHMS", "algorithms"),
          Column.of("REQUIRED", "required"),
          Column.of("FACTS", "facts"),
          Column.of("BY", "addedBy"));

  private final Session session;

  public ExchangeIssuerCommand(Session session) {
    this.session = session;
  }

  @Command(name = "list", description = "List the issuers.")
  int list() {
    try (CaClient ca = session.ca()) {
      session
          .printer()
          .list(
              ca.list("/v1/exchange/issuers", 1000),
              TABLE,
              "No issuer is trusted: altsctl exchange issuer add NAME.");
    }
    return 0;
  }

  @Command(name = "add", description = "Exchange tokens of an issuer from now on.")
  int add(
      @Parameters(paramLabel = "NAME", description = "By which rules call it.") String name,
      @Option(
              names = "--url",
              required = true,
              paramLabel = "URL",
              description = "The claim iss of its tokens, exactly.")
          String url,
      @Option(
              names = "--audience",
              required = true,
              paramLabel = "TEXT",
              description = "The only audience that a token may have.")
          String audience,
      @Option(
              names = "--algorithm",
              paramLabel = "ALG",
              description = "By which tokens may be signed; RS256 and ES256 if not given.")
          @Nullable List<String> algorithms,
      @Option(
              names = "--require",
              paramLabel = "CLAIM=TEXT",
              description = "A claim that every token must have: your tenant.")
          @Nullable Map<String, String> required,
      @Option(
              names = "--fact",
              paramLabel = "NAME[=CLAIM]",
              description = "A claim, by name or JSON pointer, that rules read as a fact.")
          @Nullable List<String> facts,
      @Option(
              names = "--ca-file",
              paramLabel = "FILE",
              description = "Roots of its server, PEM; those of the Java platform if not given.")
          @Nullable Path roots,
      @Option(
              names = "--max-age",
              paramLabel = "SECONDS",
              description = "Oldest token; 900 if not given.")
          @Nullable Long maxAge,
      @Option(
              names = "--single-tenant",
              description = "The issuer signs for nobody but you, so no claim need say for whom.")
          boolean singleTenant,
      @Option(names = "--reason", paramLabel = "TEXT", description = "Why, for the audit log.")
          @Nullable String reason) {
    JsonObject body = new JsonObject();
    body.addProperty("name", name);
    body.addProperty("url", url);
    body.addProperty("audience", audience);
    if (algorithms != null) {
      JsonArray array = new JsonArray();
      algorithms.forEach(array::add);
      body.add("algorithms", array);
    }
    JsonObject claims = new JsonObject();
    Objects.requireNonNullElse(required, Map.<String, String>of()).forEach(claims::addProperty);
    body.add("required", claims);
    JsonObject named = new JsonObject();
    for (String fact : Objects.requireNonNullElse(facts, List.<String>of())) {
      int equals = fact.indexOf('=');
      named.addProperty(equals < 0 ? fact : fact.substring(0, equals), fact.substring(equals + 1));
    }
    body.add("facts", named);
    if (roots != null) {
      body.add("roots", certificates(roots));
    }
    if (maxAge != null) {
      body.addProperty("maxAgeSeconds", maxAge);
    }
    body.addProperty("singleTenant", singleTenant);
    body.addProperty("reason", Objects.requireNonNullElse(reason, "altsctl exchange issuer add"));
    try (CaClient ca = session.ca()) {
      JsonObject answer = ca.post("/v1/exchange/issuers", body);
      session
          .printer()
          .one(
              answer,
              List.of(
                  "Tokens of %s are exchanged, as far as rules on verified.oidc.issuer == \"%s\" give identities."
                      .formatted(url, name)));
    }
    return 0;
  }

  @Command(
      name = "remove",
      description = "Exchange tokens of an issuer no more, and revoke what they gave.")
  int remove(
      @Parameters(paramLabel = "NAME", description = "The issuer.") String name,
      @Option(names = "--reason", paramLabel = "TEXT", description = "Why, for the audit log.")
          @Nullable String reason) {
    JsonObject body = new JsonObject();
    body.addProperty("name", name);
    body.addProperty(
        "reason", Objects.requireNonNullElse(reason, "altsctl exchange issuer remove"));
    try (CaClient ca = session.ca()) {
      JsonObject answer = ca.post("/v1/exchange/issuers/remove", body);
      session
          .printer()
          .one(
              answer,
              List.of(
                  "Issuer %s is not trusted any more; %s certificates are being revoked."
                      .formatted(name, JsonText.of(answer.get("revoked")))));
    }
    return 0;
  }

  private static JsonArray certificates(Path file) {
    JsonArray array = new JsonArray();
    try (InputStream in = Files.newInputStream(file)) {
      for (Certificate certificate :
          CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        array.add(Base64.getEncoder().encodeToString(certificate.getEncoded()));
      }
    } catch (IOException | CertificateException e) {
      throw CommandFailedException.usage("--ca-file: " + e.getMessage(), null);
    }
    return array;
  }
}
