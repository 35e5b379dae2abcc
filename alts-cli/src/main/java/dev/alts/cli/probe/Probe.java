package dev.alts.cli.probe;

import com.google.gson.JsonObject;
import dev.alts.AltsChannelCredentials;
import dev.alts.cli.ca.CaClient;
import dev.alts.cli.ca.CommandFailedException;
import dev.alts.cli.home.Login;
import dev.alts.grpc.AltsContextKeys;
import dev.alts.peer.AltsPeer;
import dev.alts.peer.CredentialSource;
import dev.alts.peer.PeerAuthorizer;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One gRPC health check over ALTS, and who answered it. */
public final class Probe {
  private static final long DEADLINE_SECONDS = 15;

  private final CredentialSource credentials;
  private final @Nullable PeerAuthorizer expected;

  private Probe(CredentialSource credentials, @Nullable PeerAuthorizer expected) {
    this.credentials = credentials;
    this.expected = expected;
  }

  /**
   * {@return a probe as the human who is logged in}
   *
   * @param expected which server is the right one; null: what the naming policy says
   */
  public static Probe asHuman(
      Login login,
      CaClient ca,
      @Nullable PeerAuthorizer expected,
      InstantSource clock,
      SecureRandom random) {
    return new Probe(HumanCredentials.of(login, ca, clock, random), expected);
  }

  /** {@return the report on the server at {@code target}, HOST:PORT} */
  public JsonObject check(String target) {
    AltsChannelCredentials.Builder channelCredentials =
        AltsChannelCredentials.newBuilder().credentialSource(credentials);
    if (expected != null) {
      channelCredentials.peerAuthorizer(expected);
    }
    SeenPeer seen = new SeenPeer();
    ManagedChannel channel =
        Grpc.newChannelBuilder("dns:///" + target, channelCredentials.build())
            .intercept(seen)
            .build();
    try {
      JsonObject report = new JsonObject();
      report.addProperty("self", credentials.get().id().toString());
      long start = System.nanoTime();
      report.addProperty("status", health(channel));
      report.addProperty("firstCallMillis", millis(start));
      start = System.nanoTime();
      String _ = health(channel);
      report.addProperty("nextCallMillis", millis(start));
      seen.describe(report);
      return report;
    } catch (StatusRuntimeException e) {
      throw failure(target, e.getStatus(), e);
    } finally {
      channel.shutdownNow();
    }
  }

  private static String health(Channel channel) {
    return HealthGrpc.newBlockingStub(channel)
        .withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS)
        .check(HealthCheckRequest.getDefaultInstance())
        .getStatus()
        .name();
  }

  private static double millis(long startNanos) {
    return Math.round((System.nanoTime() - startNanos) / 1e4) / 100.0;
  }

  private static CommandFailedException failure(
      String target, Status status, StatusRuntimeException e) {
    String description = status.getDescription() == null ? "" : ": " + status.getDescription();
    return switch (status.getCode()) {
      case PERMISSION_DENIED, UNAUTHENTICATED ->
          CommandFailedException.refused(
              "%s refused the call%s".formatted(target, description),
              "its own log says why; it may serve no humans");
      case UNIMPLEMENTED ->
          CommandFailedException.refused(
              "%s speaks ALTS and let you in, but has no health service".formatted(target),
              "that is the server's choice; the handshake is good");
      case UNAVAILABLE, DEADLINE_EXCEEDED ->
          CommandFailedException.unreachable(
              "no protected call to %s was possible%s".formatted(target, description),
              "check that a server with ALTS listens there and may serve you",
              e);
      default -> CommandFailedException.failed("%s: %s".formatted(target, status), null, e);
    };
  }

  /** Keeps the peer that the handshake verified. */
  private static final class SeenPeer implements ClientInterceptor {
    private volatile @Nullable AltsPeer peer;

    private void describe(JsonObject report) {
      AltsPeer seen = peer;
      if (seen != null) {
        report.addProperty("peer", seen.id().toString());
        report.addProperty("suite", seen.suite().name());
        report.addProperty("recordProtocol", seen.recordProtocol());
        report.addProperty("securityLevel", seen.securityLevel().name());
      }
    }

    @Override
    public <ReqT, RespT> ClientCall<ReqT, RespT> interceptCall(
        MethodDescriptor<ReqT, RespT> method, CallOptions options, Channel next) {
      return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
        @Override
        public void start(Listener<RespT> listener, Metadata headers) {
          super.start(
              new SimpleForwardingClientCallListener<RespT>(listener) {
                @Override
                public void onHeaders(Metadata received) {
                  peer = getAttributes().get(AltsContextKeys.TRANSPORT_ATTR_PEER);
                  super.onHeaders(received);
                }
              },
              headers);
        }
      };
    }
  }
}
