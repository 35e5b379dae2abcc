package dev.alts.credentials;

import io.grpc.Status;
import java.nio.file.Files;

/** Says in words of an operator why the agent gives no credentials, and what to do. */
final class AgentTrouble {
  private AgentTrouble() {}

  static String explain(AgentSocket socket, Status status) {
    return switch (status.getCode()) {
      case PERMISSION_DENIED ->
          "the agent at %s gives this process no identity: %s".formatted(socket, described(status));
      case UNIMPLEMENTED ->
          "%s is a gRPC server, but not an ALTS agent that serves credentials".formatted(socket);
      case UNAVAILABLE -> unreachable(socket, status);
      case DATA_LOSS -> "the agent at %s: %s".formatted(socket, described(status));
      case OK,
          CANCELLED,
          UNKNOWN,
          INVALID_ARGUMENT,
          DEADLINE_EXCEEDED,
          NOT_FOUND,
          ALREADY_EXISTS,
          RESOURCE_EXHAUSTED,
          FAILED_PRECONDITION,
          ABORTED,
          OUT_OF_RANGE,
          INTERNAL,
          UNAUTHENTICATED ->
          "the agent at %s failed: %s %s".formatted(socket, status.getCode(), described(status));
    };
  }

  /** {@return whether the agent has decided, so that waiting longer is no use} */
  static boolean isRefusal(Status status) {
    return switch (status.getCode()) {
      case PERMISSION_DENIED, UNIMPLEMENTED, INVALID_ARGUMENT, NOT_FOUND -> true;
      case OK,
          CANCELLED,
          UNKNOWN,
          DEADLINE_EXCEEDED,
          ALREADY_EXISTS,
          RESOURCE_EXHAUSTED,
          FAILED_PRECONDITION,
          ABORTED,
          OUT_OF_RANGE,
          INTERNAL,
          UNAVAILABLE,
          DATA_LOSS,
          UNAUTHENTICATED ->
          false;
    };
  }

  private static String unreachable(AgentSocket socket, Status status) {
    if (status.getCause() == null) {
      return "the agent at %s has no credentials yet: %s".formatted(socket, described(status));
    }
    String why = Files.exists(socket.path()) ? status.getCause().getMessage() : "no such socket";
    return "no agent at %s (%s): start alts-agent, or name its socket with -D%s=... or %s=..."
        .formatted(socket, why, AgentSocket.PROPERTY, AgentSocket.ENVIRONMENT);
  }

  private static String described(Status status) {
    return status.getDescription() == null ? "(no explanation)" : status.getDescription();
  }
}
