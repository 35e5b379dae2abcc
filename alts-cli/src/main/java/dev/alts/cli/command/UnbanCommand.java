package dev.alts.cli.command;

import com.google.gson.JsonObject;
import dev.alts.cli.ca.CaClient;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Lifts a ban. */
@Command(
    name = "unban",
    description = {
      "Let a banned identity be issued, or a banned machine attest, again.",
      "What was revoked stays revoked."
    })
public final class UnbanCommand implements Runnable {
  private final Session session;

  @ArgGroup(exclusive = true, multiplicity = "1")
  private Subject subject = new Subject();

  @Option(
      names = "--reason",
      required = true,
      paramLabel = "TEXT",
      description = "Why, for the audit log.")
  private String reason = "";

  public UnbanCommand(Session session) {
    this.session = session;
  }

  /** What was banned. */
  static final class Subject {
    @Option(names = "--identity", paramLabel = "SPIFFE-ID", description = "An identity.")
    private @Nullable String identity;

    @Option(names = "--machine", paramLabel = "NAME", description = "A machine.")
    private @Nullable String machine;
  }

  @Override
  public void run() {
    JsonObject body = new JsonObject();
    if (subject.identity != null) {
      body.addProperty("spiffeId", subject.identity);
    }
    if (subject.machine != null) {
      body.addProperty("machine", subject.machine);
    }
    body.addProperty("reason", reason);
    try (CaClient ca = session.ca()) {
      session
          .printer()
          .one(
              ca.post("/v1/unbans", body),
              List.of(
                  subject.identity != null
                      ? "The ban is lifted; who qualifies by the rules is issued it again."
                      : "The ban is lifted; the machine may attest again, with a new join token."));
    }
  }
}
