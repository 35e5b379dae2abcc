package dev.alts.agent.delivery;

import dev.alts.agent.delivery.DeliveryException.Reason;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;

/**
 * SPIFFE_Workload_Endpoint.md section 6: every request carries {@code workload.spiffe.io: true},
 * which a server-side request forgery cannot add (abuse-23).
 */
final class SecurityHeaderInterceptor implements ServerInterceptor {
  private static final Metadata.Key<String> HEADER =
      Metadata.Key.of("workload.spiffe.io", Metadata.ASCII_STRING_MARSHALLER);

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    List<String> values = new ArrayList<>();
    Iterable<String> present = headers.getAll(HEADER);
    if (present != null) {
      present.forEach(values::add);
    }
    if (!values.equals(List.of("true"))) {
      call.close(
          Status.UNKNOWN.withCause(
              new DeliveryException(Reason.BAD_REQUEST, "security header missing from request")),
          new Metadata());
      return new ServerCall.Listener<>() {};
    }
    return next.startCall(call, headers);
  }
}
