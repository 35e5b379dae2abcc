package dev.alts.cli.command;

import com.google.gson.JsonObject;
import dev.alts.api.operator.v1.BreakGlass;
import dev.alts.api.operator.v1.EnrolFirstAdmin;
import dev.alts.api.operator.v1.OneTimeSecret;
import dev.alts.api.operator.v1.OperatorRequest;
import dev.alts.cli.ca.OperatorSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What only the operator of the CA's own machine can do. */
@Command(name = "operator", description = "What the operator does on the CA's own machine.")
public final class OperatorCommand {
  private static final Path SYSTEM_SOCKET = Path.of("/var/lib/alts/ca/operator.sock");

  private final Session session;

  public OperatorCommand(Session session) {
    this.session = session;
  }

  @Command(
      name = "enrol-first-admin",
      description = "Make the code with which the first admin logs in.")
  int enrolFirstAdmin(
      @Parameters(paramLabel = "NAME", description = "The admin.") String name,
      @Option(names = "--operator-socket", paramLabel = "PATH", description = "The CA's socket.")
          @Nullable Path socket) {
    return ask(
        socket,
        name,
        OperatorRequest.newBuilder()
            .setEnrolFirstAdmin(EnrolFirstAdmin.newBuilder().setName(name))
            .build());
  }

  @Command(
      name = "break-glass",
      description = "Make another admin although there is one. It is audited, with the reason.")
  int breakGlass(
      @Parameters(paramLabel = "NAME", description = "The admin.") String name,
      @Option(names = "--reason", required = true, paramLabel = "TEXT", description = "Why.")
          String reason,
      @Option(names = "--operator-socket", paramLabel = "PATH", description = "The CA's socket.")
          @Nullable Path socket) {
    return ask(
        socket,
        name,
        OperatorRequest.newBuilder()
            .setBreakGlass(BreakGlass.newBuilder().setName(name).setReason(reason))
            .build());
  }

  private int ask(@Nullable Path socket, String name, OperatorRequest request) {
    Path path = socket == null ? usualSocket() : socket;
    JsonObject answer = asJson("code", new OperatorSocket(path).ask(request));
    session
        .printer()
        .one(
            answer,
            OneTimeText.lines(
                answer.get("code").getAsString(),
                answer.get("expiresAt").getAsString(),
                "%s logs in with it: altsctl login --ca HOST:PORT --code -".formatted(name)));
    return 0;
  }

  static JsonObject asJson(String name, OneTimeSecret secret) {
    JsonObject object = new JsonObject();
    object.addProperty(name, secret.getToken());
    object.addProperty("expiresAt", Instant.ofEpochSecond(secret.getExpiresAt()).toString());
    return object;
  }

  static Path usualSocket() {
    return Files.exists(SYSTEM_SOCKET)
        ? SYSTEM_SOCKET
        : Path.of(System.getProperty("user.home"), ".local/share/alts/ca/operator.sock");
  }
}
