package dev.alts.agent.delivery;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns failures into gRPC statuses; nobody else here builds one. */
public final class StatusInterceptor implements ServerInterceptor {
  private static final Logger logger = LoggerFactory.getLogger(StatusInterceptor.class);

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    return next.startCall(
        new SimpleForwardingServerCall<Q, A>(call) {
          @Override
          public void close(Status status, Metadata trailers) {
            super.close(translated(status), trailers);
          }
        },
        headers);
  }

  private static Status translated(Status status) {
    if (status.getCause() instanceof DeliveryException failure) {
      return status(failure);
    }
    if (status.getCause() != null) {
      logger.error("a call failed unexpectedly", status.getCause());
      return Status.INTERNAL.withDescription("the agent failed; its log says why");
    }
    return status;
  }

  /** {@return the status that a caller sees of {@code failure}} */
  public static Status status(DeliveryException failure) {
    Status status =
        switch (failure.reason()) {
          // gRPC-Java gives it to whoever makes a call, whose own deadline has not passed.
          case NOT_READY, TOO_LATE -> Status.UNAVAILABLE;
          case REFUSED -> Status.PERMISSION_DENIED;
          case BAD_REQUEST -> Status.INVALID_ARGUMENT;
          case NOT_OFFERED -> Status.UNIMPLEMENTED;
          case OVERLOADED -> Status.RESOURCE_EXHAUSTED;
          case PEER_REFUSED -> Status.UNAUTHENTICATED;
          case PEER_FAILED -> Status.ABORTED;
        };
    return status.withDescription(failure.getMessage());
  }
}
