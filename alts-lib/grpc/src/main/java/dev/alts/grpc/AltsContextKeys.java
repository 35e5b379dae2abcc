package dev.alts.grpc;

import dev.alts.peer.AltsPeer;
import io.grpc.Attributes;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCall.Listener;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;

/** Where a call finds the peer that the handshake verified. */
public final class AltsContextKeys {
  /** Transport attribute of every call over ALTS, on both sides. */
  @io.grpc.Grpc.TransportAttr
  public static final Attributes.Key<AltsPeer> TRANSPORT_ATTR_PEER =
      Attributes.Key.create("dev.alts.grpc.peer");

  /** The calling peer, in the context of a server's call behind {@link #serverInterceptor()}. */
  public static final Context.Key<AltsPeer> PEER = Context.key("dev.alts.grpc.peer");

  private AltsContextKeys() {}

  /**
   * {@return an interceptor that puts the calling peer in the call's context under {@link #PEER}}
   *
   * <p>A call that did not come over ALTS has no peer there; whether that is allowed is for {@link
   * AltsAuthorization} to say.
   */
  public static ServerInterceptor serverInterceptor() {
    return PeerInContext.INSTANCE;
  }

  private enum PeerInContext implements ServerInterceptor {
    INSTANCE;

    @Override
    public <ReqT, RespT> Listener<ReqT> interceptCall(
        ServerCall<ReqT, RespT> call, Metadata headers, ServerCallHandler<ReqT, RespT> next) {
      AltsPeer peer = call.getAttributes().get(TRANSPORT_ATTR_PEER);
      if (peer == null) {
        return next.startCall(call, headers);
      }
      return Contexts.interceptCall(Context.current().withValue(PEER, peer), call, headers, next);
    }
  }
}
