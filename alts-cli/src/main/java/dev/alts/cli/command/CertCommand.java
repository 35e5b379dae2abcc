package dev.alts.cli.command;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.alts.cli.ca.CaClient;
import dev.alts.cli.ca.CommandFailedException;
import dev.alts.cli.ca.Query;
import dev.alts.cli.output.JsonText;
import dev.alts.cli.output.Table;
import dev.alts.cli.output.Table.Column;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The ledger: every certificate that the CA issued. */
@Command(
    name = "cert",
    aliases = "svid",
    description = "The ledger: every certificate that the CA issued.",
    footer = {
      "",
      "Expired certificates are kept as long as alts.ca.ledger.certificate-retention says.",
      "To take one back: altsctl revoke --certificate REVOCATION-ID."
    })
public final class CertCommand {
  private static final Table TABLE =
      new Table(
          Column.of("SPIFFE ID", "spiffeId"),
          Column.of("PROFILE", "profile"),
          Column.of("MACHINE", "machine"),
          Column.of("AUTHORIZED BY", "authorizedBy"),
          Column.of("SERIAL", "serial"),
          Column.of("REVOCATION ID", "revocationId"),
          Column.of("ISSUED", "issuedAt"),
          Column.of("EXPIRES", "notAfter"),
          Column.of("REVOKED", "revoked"));
  private static final Table INVENTORY =
      new Table(
          Column.of("SPIFFE ID", "spiffeId"),
          Column.of("CERTIFICATES", "certificates"),
          Column.of("MACHINES", "machines"),
          Column.of("NEVER RENEWED", "neverRenewed"),
          Column.of("NEWEST", "newest"),
          Column.of("LAST EXPIRES", "lastExpiry"));
  private static final int PAGE = 500;

  private final Session session;

  public CertCommand(Session session) {
    this.session = session;
  }

  /** What every list can be narrowed by. */
  static final class Filter {
    @Option(
        names = "--identity",
        paramLabel = "SPIFFE-ID",
        description = "Of this identity, or of all below: spiffe://demo.alts/prod/*.")
    private @Nullable String identity;

    @Option(names = "--machine", paramLabel = "NAME", description = "Of this machine.")
    private @Nullable String machine;

    @Option(names = "--rule", paramLabel = "NAME", description = "Given by this rule.")
    private @Nullable String rule;

    @Option(
        names = "--limit",
        paramLabel = "N",
        defaultValue = "100",
        description = "At most this many.")
    private int limit;

    String addTo(String path) {
      String narrowed = Query.add(path, "identity", identity);
      narrowed = Query.add(narrowed, "machine", machine);
      narrowed = Query.add(narrowed, "rule", rule);
      return Query.add(narrowed, "limit", Integer.toString(Math.clamp(limit, 1, PAGE)));
    }
  }

  @Command(name = "list", description = "List certificates, newest first.")
  int list(
      @Mixin Filter filter,
      @Option(names = "--since", paramLabel = "TIME", description = "Issued then or later.")
          @Nullable String since,
      @Option(names = "--until", paramLabel = "TIME", description = "Issued earlier.")
          @Nullable String until,
      @Option(names = "--revoked", negatable = true, description = "Only what is revoked.")
          @Nullable Boolean revoked,
      @Option(names = "--expired", description = "Also what has expired and is kept.")
          boolean expired) {
    String path = Query.add(filter.addTo("/v1/svids"), "issuedFrom", since);
    path = Query.add(path, "issuedBefore", until);
    path = Query.add(path, "revoked", revoked == null ? null : revoked.toString());
    path = Query.add(path, "expired", expired ? "true" : null);
    return print(path, filter, "No certificate matches.");
  }

  @Command(name = "show", description = "Show one certificate.")
  int show(@Parameters(paramLabel = "SERIAL", description = "In hexadecimal.") String serial) {
    String plain = serial.replace(":", "").toLowerCase(Locale.ROOT).replaceFirst("^0+(?=.)", "");
    try (CaClient ca = session.ca()) {
      JsonObject found = ca.get("/v1/svids/" + Query.segment(plain));
      List<String> lines = new ArrayList<>();
      for (Map.Entry<String, JsonElement> member : found.entrySet()) {
        lines.add("%-14s %s".formatted(member.getKey(), JsonText.of(member.getValue())));
      }
      session.printer().one(found, lines);
    }
    return 0;
  }

  @Command(name = "expiring", description = "List what expires soon, the first to expire first.")
  int expiring(
      @Mixin Filter filter,
      @Option(
              names = "--within",
              paramLabel = "DURATION",
              defaultValue = "1h",
              description = "How soon, such as 30m or 8h; default ${DEFAULT-VALUE}.")
          String within) {
    String before = session.context().clock().instant().plus(duration(within)).toString();
    return print(
        Query.add(filter.addTo("/v1/svids"), "expiresBefore", before),
        filter,
        "Nothing expires that soon.");
  }

  @Command(
      name = "unrenewed",
      description = {
        "List what is past half its life while its machine has no newer one: its holder has gone,",
        "or cannot renew."
      })
  int unrenewed(@Mixin Filter filter) {
    return print(
        Query.add(filter.addTo("/v1/svids"), "neverRenewed", "true"),
        filter,
        "Everything was renewed in time.");
  }

  @Command(name = "inventory", description = "Show what exists, identity by identity.")
  int inventory(
      @Option(
              names = "--prefix",
              paramLabel = "TEXT",
              description = "Identities that begin with this only.")
          @Nullable String prefix,
      @Option(
              names = "--limit",
              paramLabel = "N",
              defaultValue = "1000",
              description = "At most this many identities.")
          int limit) {
    String path = Query.add("/v1/inventory", "prefix", prefix);
    path = Query.add(path, "limit", Integer.toString(Math.clamp(limit, 1, PAGE)));
    try (CaClient ca = session.ca()) {
      session.printer().list(ca.list(path, limit), INVENTORY, "Nothing exists.");
    }
    return 0;
  }

  private int print(String path, Filter filter, String whenEmpty) {
    try (CaClient ca = session.ca()) {
      session.printer().list(ca.list(path, filter.limit), TABLE, whenEmpty);
    }
    return 0;
  }

  private static Duration duration(String text) {
    try {
      return Duration.parse("PT" + text.toUpperCase(Locale.ROOT));
    } catch (DateTimeParseException e) {
      throw CommandFailedException.usage(
          "--within: \"%s\" (expected: such as 30m, 8h or 1h30m)".formatted(text), null);
    }
  }
}
