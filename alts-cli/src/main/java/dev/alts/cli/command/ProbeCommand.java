package dev.alts.cli.command;

import com.google.gson.JsonObject;
import dev.alts.cli.ca.CaClient;
import dev.alts.cli.ca.CommandFailedException;
import dev.alts.cli.home.Login;
import dev.alts.cli.probe.Probe;
import dev.alts.identity.SpiffeId;
import dev.alts.peer.PeerAuthorizer;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Calls a server as the human who is logged in. */
@Command(
    name = "probe",
    description =
        "Call the health service of a server over ALTS, as yourself, and show who answered.")
public final class ProbeCommand implements Runnable {
  private final Session session;

  @Parameters(paramLabel = "HOST:PORT", description = "The server.")
  private String target = "";

  @Option(
      names = "--expect",
      paramLabel = "SPIFFE-ID",
      description = "The server's identity; else the naming policy says which is right.")
  private @Nullable String expected;

  public ProbeCommand(Session session) {
    this.session = session;
  }

  @Override
  public void run() {
    CliContext context = session.context();
    Login login = session.login();
    JsonObject report;
    try (CaClient ca = session.ca()) {
      report =
          Probe.asHuman(login, ca, authorizer(), context.clock(), context.random()).check(target);
    }
    session.printer().one(report, shown(report));
  }

  private @Nullable PeerAuthorizer authorizer() {
    if (expected == null) {
      return null;
    }
    try {
      return PeerAuthorizer.allow(SpiffeId.parse(expected));
    } catch (IllegalArgumentException e) {
      throw CommandFailedException.usage(String.valueOf(e.getMessage()), null);
    }
  }

  private static List<String> shown(JsonObject report) {
    return report.entrySet().stream()
        .map(entry -> "%-16s %s".formatted(entry.getKey(), entry.getValue().getAsString()))
        .toList();
  }
}
