package dev.alts.agent.delivery;

import dev.alts.agent.attestation.PeerProcess;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;

/** Gives services the process that the kernel named for the connection of their call. */
public final class CallerInterceptor implements ServerInterceptor {
  private static final Context.Key<PeerProcess> CALLER = Context.key("dev.alts.agent.caller");

  /** {@return the process that made the current call} */
  public static PeerProcess caller() {
    PeerProcess caller = CALLER.get();
    if (caller == null) {
      throw new IllegalStateException("no caller (expected: a call through CallerInterceptor)");
    }
    return caller;
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    PeerProcess peer = call.getAttributes().get(PeerNegotiator.PEER);
    if (peer == null) {
      throw new IllegalStateException("a connection without a peer (expected: PeerNegotiator)");
    }
    return Contexts.interceptCall(Context.current().withValue(CALLER, peer), call, headers, next);
  }
}
