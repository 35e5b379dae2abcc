package dev.alts.ca.machine;

import dev.alts.identity.Bytes;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.netty.handler.ssl.OpenSslSession;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.cert.Certificate;
import java.security.cert.CertificateEncodingException;
import java.util.Optional;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * How a call's connection is protected.
 *
 * @param hybrid whether its keys stay secret from one who records now and breaks X25519 later; only
 *     then may resumption keys go over it (handshake.md section 2)
 * @param remote where the caller's end of the connection is
 * @param certificate the client certificate, DER, which the TLS layer verified; empty: none
 */
record ChannelSecurity(boolean hybrid, InetSocketAddress remote, Optional<Bytes> certificate) {
  static final String HYBRID_GROUP = "X25519MLKEM768";

  private static final Context.Key<ChannelSecurity> KEY = Context.key("channel security");

  /** {@return address of the caller} */
  InetAddress source() {
    return remote.getAddress();
  }

  /** {@return the security of the call that is being handled on this thread} */
  static ChannelSecurity current() {
    ChannelSecurity security = KEY.get();
    if (security == null) {
      throw new IllegalStateException("channel security: asked for outside a call");
    }
    return security;
  }

  /** Makes the security of each call known to its handler. */
  static final class Interceptor implements ServerInterceptor {
    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
      SSLSession session = call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
      return Contexts.interceptCall(
          Context.current().withValue(KEY, of(session, remote(call))), call, headers, next);
    }
  }

  private static InetSocketAddress remote(ServerCall<?, ?> call) {
    if (call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR) instanceof InetSocketAddress from
        && from.getAddress() != null) {
      return from;
    }
    throw new AssertionError("this port is of TCP");
  }

  private static ChannelSecurity of(@Nullable SSLSession session, InetSocketAddress remote) {
    if (session == null) {
      throw new AssertionError("this port speaks TLS only");
    }
    boolean hybrid =
        session instanceof OpenSslSession openSsl && HYBRID_GROUP.equals(openSsl.getNamedGroup());
    return new ChannelSecurity(hybrid, remote, certificate(session));
  }

  private static Optional<Bytes> certificate(SSLSession session) {
    try {
      Certificate[] chain = session.getPeerCertificates();
      return Optional.of(Bytes.copyOf(chain[0].getEncoded()));
    } catch (SSLPeerUnverifiedException e) {
      // Before attestation a machine has none.
      return Optional.empty();
    } catch (CertificateEncodingException e) {
      throw new AssertionError("the TLS layer parsed it from its encoding", e);
    }
  }
}
