package dev.alts.cli.command;

import dev.alts.cli.ca.CaClient;
import dev.alts.cli.ca.Query;
import dev.alts.cli.output.Table;
import dev.alts.cli.output.Table.Column;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Certificates that the CA issued. */
@Command(name = "svid", description = "Certificates that the CA issued.")
public final class SvidCommand {
  private static final Table TABLE =
      new Table(
          Column.of("SPIFFE ID", "spiffeId"),
          Column.of("PROFILE", "profile"),
          Column.of("MACHINE", "machine"),
          Column.of("AUTHORIZED BY", "authorizedBy"),
          Column.of("REVOCATION ID", "revocationId"),
          Column.of("ISSUED", "issuedAt"),
          Column.of("EXPIRES", "notAfter"));

  private final Session session;

  public SvidCommand(Session session) {
    this.session = session;
  }

  @Command(name = "list", description = "List certificates, newest first.")
  int list(
      @Option(names = "--machine", paramLabel = "NAME", description = "Of this machine only.")
          @Nullable String machine,
      @Option(
              names = "--identity",
              paramLabel = "SPIFFE-ID",
              description = "Of this identity only.")
          @Nullable String identity,
      @Option(
              names = "--limit",
              paramLabel = "N",
              defaultValue = "100",
              description = "At most this many.")
          int limit) {
    String path = Query.add("/v1/svids", "machine", machine);
    path = Query.add(path, "identity", identity);
    path = Query.add(path, "limit", Integer.toString(Math.min(limit, 100)));
    try (CaClient ca = session.ca()) {
      session.printer().list(ca.list(path, limit), TABLE, "No certificate matches.");
    }
    return 0;
  }
}
