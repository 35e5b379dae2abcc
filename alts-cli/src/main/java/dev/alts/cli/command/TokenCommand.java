package dev.alts.cli.command;

import com.google.gson.JsonObject;
import dev.alts.api.operator.v1.CreateJoinToken;
import dev.alts.api.operator.v1.OperatorRequest;
import dev.alts.cli.ca.CaClient;
import dev.alts.cli.ca.OperatorSocket;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Tokens with which machines join. */
@Command(name = "token", description = "Tokens with which machines join.")
public final class TokenCommand {
  private final Session session;

  public TokenCommand(Session session) {
    this.session = session;
  }

  @Command(name = "create", description = "Make a join token for one machine.")
  int create(
      @Option(
              names = "--boundary",
              paramLabel = "NAME",
              description = "The machine's boundary; inside one, integrity-only may be enough.")
          @Nullable String boundary,
      @Option(names = "--label", paramLabel = "KEY=VALUE", description = "A label of the machine.")
          @Nullable Map<String, String> labels,
      @Option(names = "--machine", paramLabel = "NAME", description = "The machine's name.")
          @Nullable String machine,
      @Option(
              names = "--operator-socket",
              paramLabel = "PATH",
              description = "Ask the CA on this machine through its operator socket.")
          @Nullable Path operatorSocket) {
    String boundaryName = Objects.requireNonNullElse(boundary, "");
    String machineName = Objects.requireNonNullElse(machine, "");
    Map<String, String> labelMap = Objects.requireNonNullElse(labels, Map.of());
    JsonObject answer =
        operatorSocket == null
            ? askCa(boundaryName, machineName, labelMap)
            : OperatorCommand.asJson(
                "token",
                new OperatorSocket(operatorSocket)
                    .ask(
                        OperatorRequest.newBuilder()
                            .setCreateJoinToken(
                                CreateJoinToken.newBuilder()
                                    .setBoundary(boundaryName)
                                    .setMachine(machineName)
                                    .putAllLabels(labelMap))
                            .build()));
    session
        .printer()
        .one(
            answer,
            OneTimeText.lines(
                answer.get("token").getAsString(),
                answer.get("expiresAt").getAsString(),
                "Put it into a file of the machine, for its agent: --join-token-file FILE"));
    return 0;
  }

  private JsonObject askCa(String boundary, String machine, Map<String, String> labels) {
    JsonObject labelObject = new JsonObject();
    labels.forEach(labelObject::addProperty);
    JsonObject body = new JsonObject();
    if (!boundary.isEmpty()) {
      body.addProperty("boundary", boundary);
    }
    if (!machine.isEmpty()) {
      body.addProperty("machine", machine);
    }
    body.add("labels", labelObject);
    try (CaClient ca = session.ca()) {
      return ca.post("/v1/join-tokens", body);
    }
  }
}
