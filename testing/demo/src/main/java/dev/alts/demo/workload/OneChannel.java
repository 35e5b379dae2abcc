package dev.alts.demo.workload;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.protobuf.StringValue;
import dev.alts.grpc.AltsContextKeys;
import dev.alts.peer.AltsPeer;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ChannelCredentials;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One connection to the payments service, and what both ends saw of each other. */
final class OneChannel implements AutoCloseable {
  private final ManagedChannel channel;
  private final SeenPeer seen = new SeenPeer();

  OneChannel(ChannelCredentials credentials, String address) {
    channel = Grpc.newChannelBuilder("dns:///" + address, credentials).intercept(seen).build();
  }

  /** {@return the report of two calls over a new connection; the first one pays for it} */
  static JsonObject call(ChannelCredentials credentials, String address) {
    JsonObject report = new JsonObject();
    try (OneChannel channel = new OneChannel(credentials, address)) {
      long start = System.nanoTime();
      report.add("server", channel.pay());
      report.addProperty("firstMicros", micros(start));
      start = System.nanoTime();
      report.add("server", channel.pay());
      report.addProperty("secondMicros", micros(start));
      AltsPeer peer = channel.seen.peer;
      if (peer != null) {
        report.add("client", Events.describe(peer));
      }
    } catch (StatusRuntimeException e) {
      report.addProperty("status", e.getStatus().getCode().name());
      report.addProperty("description", String.valueOf(e.getStatus().getDescription()));
    }
    return report;
  }

  /** {@return what the server saw of us} */
  JsonObject pay() {
    StringValue answer =
        ClientCalls.blockingUnaryCall(
            channel,
            Payments.PAY,
            CallOptions.DEFAULT.withDeadlineAfter(20, TimeUnit.SECONDS),
            StringValue.of("one coffee"));
    return JsonParser.parseString(answer.getValue()).getAsJsonObject();
  }

  /** Opens a call that stays open; {@code responses} first gets what the server saw of us. */
  void watch(StreamObserver<StringValue> responses) {
    ClientCalls.asyncServerStreamingCall(
        channel.newCall(Payments.WATCH, CallOptions.DEFAULT),
        StringValue.of("all coffees"),
        responses);
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }

  private static long micros(long startNanos) {
    return (System.nanoTime() - startNanos) / 1_000;
  }

  /** Keeps the peer that the handshake verified, as the client's end saw it. */
  private static final class SeenPeer implements ClientInterceptor {
    private volatile @Nullable AltsPeer peer;

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
