package dev.alts.ca.machine;

import com.google.protobuf.Any;
import com.google.rpc.RetryInfo;
import dev.alts.ca.audit.AuditFailedException;
import dev.alts.ca.authority.CustodyUnavailableException;
import dev.alts.ca.replica.LeaseLostException;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.RecoverableDataAccessException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.jdbc.UncategorizedSQLException;
import org.springframework.transaction.TransactionException;

/** The only place where an exception becomes a status. */
final class ErrorMapping implements ServerInterceptor {
  private static final Logger log = LoggerFactory.getLogger(ErrorMapping.class);

  /** disk_full and read_only_sql_transaction, as PostgreSQL numbers them. */
  private static final Set<String> NO_WRITES = Set.of("53100", "25006");

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    return new Guarded<>(next.startCall(call, headers), call);
  }

  /** After a failure the call is over: what the caller still sends is not handled. */
  private static final class Guarded<Q> extends SimpleForwardingServerCallListener<Q> {
    private final ServerCall<Q, ?> call;
    private boolean failed;

    Guarded(ServerCall.Listener<Q> delegate, ServerCall<Q, ?> call) {
      super(delegate);
      this.call = call;
    }

    @Override
    public void onMessage(Q message) {
      guard(() -> super.onMessage(message));
    }

    @Override
    public void onHalfClose() {
      guard(super::onHalfClose);
    }

    @Override
    public void onReady() {
      guard(super::onReady);
    }

    private void guard(Runnable step) {
      if (failed) {
        return;
      }
      try {
        step.run();
      } catch (RuntimeException e) {
        failed = true;
        StatusRuntimeException told = failure(e, call.getMethodDescriptor().getFullMethodName());
        Metadata trailers = told.getTrailers();
        call.close(told.getStatus(), trailers == null ? new Metadata() : trailers);
      }
    }
  }

  /**
   * {@return the status of {@code failure}, with {@code google.rpc.RetryInfo} where it is known}
   */
  static StatusRuntimeException failure(Throwable failure, String method) {
    Status status = status(failure, method);
    if (!(failure instanceof ApiException refusal) || refusal.retryAfter().isZero()) {
      return status.asRuntimeException();
    }
    Duration wait = refusal.retryAfter();
    return StatusProto.toStatusRuntimeException(
        com.google.rpc.Status.newBuilder()
            .setCode(status.getCode().value())
            .setMessage(String.valueOf(status.getDescription()))
            .addDetails(
                Any.pack(
                    RetryInfo.newBuilder()
                        .setRetryDelay(
                            com.google.protobuf.Duration.newBuilder()
                                .setSeconds(wait.toSeconds())
                                .setNanos(wait.toNanosPart()))
                        .build()))
            .build());
  }

  /** {@return what the caller is told; the precise reason of an internal failure is our log's} */
  static Status status(Throwable failure, String method) {
    return switch (failure) {
      case ApiException e -> status(e);
      case TransientDataAccessException e -> unavailable(e, method);
      case RecoverableDataAccessException e -> unavailable(e, method);
      case DataAccessResourceFailureException e -> unavailable(e, method);
      // Spring knows no name for what a database that was made read-only answers.
      case UncategorizedSQLException e when takesNoWrites(e) -> unavailable(e, method);
      case TransactionException e -> unavailable(e, method);
      case AuditFailedException e -> unavailable(e, method);
      case CustodyUnavailableException e -> {
        log.warn("keys not available: method={} cause={}", method, e.toString());
        yield Status.UNAVAILABLE.withDescription(CustodyUnavailableException.FOR_CALLERS);
      }
      case LeaseLostException e -> Status.UNAVAILABLE.withDescription(e.getMessage());
      default -> {
        log.error("call failed: method={}", method, failure);
        yield Status.INTERNAL.withDescription("internal error; it is in the CA's log");
      }
    };
  }

  private static Status unavailable(Exception e, String method) {
    log.warn("database not available: method={} cause={}", method, e.toString());
    return Status.UNAVAILABLE.withDescription(
        takesNoWrites(e)
            ? "the CA's database takes no writes: it is full or read-only; try again"
            : "the CA cannot reach its database; try again");
  }

  private static boolean takesNoWrites(Exception failure) {
    return NestedExceptionUtils.getMostSpecificCause(failure) instanceof SQLException cause
        && NO_WRITES.contains(String.valueOf(cause.getSQLState()));
  }

  private static Status status(ApiException e) {
    Status status =
        switch (e.code()) {
          case BAD_REQUEST -> Status.INVALID_ARGUMENT;
          case NOT_ATTESTED -> Status.UNAUTHENTICATED;
          case BANNED, ATTESTATION_REFUSED -> Status.PERMISSION_DENIED;
          case RENEWAL_REFUSED -> Status.FAILED_PRECONDITION;
          case OVERLOADED -> Status.RESOURCE_EXHAUSTED;
          case TOO_SLOW -> Status.DEADLINE_EXCEEDED;
          case UNAVAILABLE -> Status.UNAVAILABLE;
        };
    return status.withDescription(e.getMessage());
  }
}
