package dev.alts.grpc;

import io.grpc.Status;
import java.io.IOException;

/**
 * What a failed ALTS connection means to the calls that wanted it: UNAVAILABLE, as gRPC says of
 * every transport that could not be had, with the reason that our side knows.
 */
final class TransportFailures {
  private TransportFailures() {}

  static Status toStatus(Throwable cause) {
    Status known = Status.fromThrowable(cause);
    if (known.getCode() != Status.Code.UNKNOWN) {
      return known;
    }
    String description =
        cause instanceof IOException ? cause.getMessage() : "ALTS connection failed: " + cause;
    return Status.UNAVAILABLE.withDescription(description).withCause(cause);
  }
}
