package dev.alts.grpc.zerocode;

import dev.alts.grpc.AltsContextKeys;
import dev.alts.peer.AltsPeer;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ClientCalls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** A service that tells its caller how it sees it: "NAME saw PEER". */
final class Echo {
  private static final MethodDescriptor<String, String> WHO =
      MethodDescriptor.<String, String>newBuilder()
          .setType(MethodType.UNARY)
          .setFullMethodName("test.Echo/Who")
          .setRequestMarshaller(Text.INSTANCE)
          .setResponseMarshaller(Text.INSTANCE)
          .build();

  private Echo() {}

  static ServerServiceDefinition named(String name) {
    return ServerServiceDefinition.builder("test.Echo")
        .addMethod(
            WHO,
            (call, headers) -> {
              call.request(1);
              return new ServerCall.Listener<>() {
                @Override
                public void onHalfClose() {
                  AltsPeer peer = call.getAttributes().get(AltsContextKeys.TRANSPORT_ATTR_PEER);
                  call.sendHeaders(new Metadata());
                  call.sendMessage(name + " saw " + (peer == null ? "nobody" : peer.id()));
                  call.close(io.grpc.Status.OK, new Metadata());
                }
              };
            })
        .build();
  }

  /** {@return the answer to a call that waits for its channel} */
  static String ask(Channel channel) {
    return ClientCalls.blockingUnaryCall(
        channel,
        WHO,
        CallOptions.DEFAULT.withWaitForReady().withDeadlineAfter(60, TimeUnit.SECONDS),
        "?");
  }

  /** {@return the answer to a call that fails with its channel's first attempt} */
  static String askOnce(Channel channel) {
    return ClientCalls.blockingUnaryCall(
        channel, WHO, CallOptions.DEFAULT.withDeadlineAfter(60, TimeUnit.SECONDS), "?");
  }

  private enum Text implements MethodDescriptor.Marshaller<String> {
    INSTANCE;

    @Override
    public InputStream stream(String value) {
      return new ByteArrayInputStream(value.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String parse(InputStream stream) {
      try {
        return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
