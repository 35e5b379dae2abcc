package dev.alts.grpc;

import dev.alts.peer.AltsPeer;
import dev.alts.peer.AuthorizationDecision.Allowed;
import dev.alts.peer.AuthorizationDecision.Denied;
import dev.alts.peer.PeerAuthorizer;
import dev.alts.report.ConnectionReport;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCall.Listener;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Server interceptor that lets a call through only if its peer is accepted. The caller of a refused
 * call learns that it is refused and nothing else; the reason goes to the own log and to {@link
 * #onDenial}.
 *
 * <p>Immutable but for its counter, thread-safe.
 */
public final class AltsAuthorization implements ServerInterceptor {
  private static final Logger log = LoggerFactory.getLogger(AltsAuthorization.class);
  private static final Listener<?> REFUSED = new Listener<Object>() {};

  private final PeerAuthorizer fallback;
  private final Map<String, PeerAuthorizer> byMethod;
  private final Consumer<Denial> listener;
  private final LongAdder denials = new LongAdder();

  /**
   * A refused call.
   *
   * @param peer the caller's SPIFFE ID, or empty if the call did not come over ALTS
   * @param method full method name, {@code package.Service/Method}
   */
  public record Denial(String peer, String method, String reason) {}

  private AltsAuthorization(
      PeerAuthorizer fallback, Map<String, PeerAuthorizer> byMethod, Consumer<Denial> listener) {
    this.fallback = fallback;
    this.byMethod = Map.copyOf(byMethod);
    this.listener = listener;
  }

  /** {@return an interceptor that asks {@code authorizer} about the peer of every call} */
  public static AltsAuthorization require(PeerAuthorizer authorizer) {
    return new AltsAuthorization(authorizer, Map.of(), denial -> {});
  }

  /** {@return the same, but {@code fullMethodName} has an authorizer of its own} */
  public AltsAuthorization forMethod(String fullMethodName, PeerAuthorizer authorizer) {
    Map<String, PeerAuthorizer> extended = new TreeMap<>(byMethod);
    extended.put(fullMethodName, authorizer);
    return new AltsAuthorization(fallback, extended, listener);
  }

  /** {@return the same, but {@code denialListener} hears of every refused call, on its thread} */
  public AltsAuthorization onDenial(Consumer<Denial> denialListener) {
    return new AltsAuthorization(fallback, byMethod, listener.andThen(denialListener));
  }

  /** {@return how many calls this interceptor has refused} */
  public long denials() {
    return denials.sum();
  }

  @Override
  public <ReqT, RespT> Listener<ReqT> interceptCall(
      ServerCall<ReqT, RespT> call, Metadata headers, ServerCallHandler<ReqT, RespT> next) {
    String method = call.getMethodDescriptor().getFullMethodName();
    AltsPeer peer = call.getAttributes().get(AltsContextKeys.TRANSPORT_ATTR_PEER);
    if (peer == null) {
      return refuse(
          call,
          Status.UNAUTHENTICATED.withDescription("this method needs a caller over ALTS"),
          new Denial("", method, "the call did not come over ALTS"));
    }
    return switch (byMethod.getOrDefault(method, fallback).authorize(peer)) {
      case Allowed allowed -> next.startCall(call, headers);
      case Denied denied ->
          refuse(
              call,
              Status.PERMISSION_DENIED.withDescription("the caller may not call this method"),
              new Denial(peer.id().toString(), method, denied.reason()));
    };
  }

  private <ReqT, RespT> Listener<ReqT> refuse(
      ServerCall<ReqT, RespT> call, Status status, Denial denial) {
    denials.increment();
    log.info(
        "call denied method={} peer={} reason=\"{}\"",
        denial.method(),
        denial.peer(),
        denial.reason());
    ConnectionReport.OF_THIS_PROCESS.denied(denial.peer(), denial.method(), denial.reason());
    listener.accept(denial);
    call.close(status, new Metadata());
    return refused();
  }

  @SuppressWarnings("unchecked") // the listener ignores every message, so it fits every type
  private static <ReqT> Listener<ReqT> refused() {
    return (Listener<ReqT>) REFUSED;
  }
}
