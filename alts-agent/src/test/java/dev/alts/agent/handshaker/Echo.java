package dev.alts.agent.handshaker;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A service of bytes: one for one, and a stream of them both ways. */
final class Echo {
  private static final MethodDescriptor<byte[], byte[]> ONE =
      method("One", MethodDescriptor.MethodType.UNARY);
  private static final MethodDescriptor<byte[], byte[]> MANY =
      method("Many", MethodDescriptor.MethodType.BIDI_STREAMING);

  private Echo() {}

  static ServerServiceDefinition service() {
    return ServerServiceDefinition.builder("test.Echo")
        .addMethod(
            ONE,
            ServerCalls.asyncUnaryCall((request, observer) -> {
              observer.onNext(request);
              observer.onCompleted();
            }))
        .addMethod(
            MANY,
            ServerCalls.asyncBidiStreamingCall(observer ->
                new StreamObserver<>() {
                  @Override
                  public void onNext(byte[] bytes) {
                    observer.onNext(bytes);
                  }

                  @Override
                  public void onError(Throwable failure) {}

                  @Override
                  public void onCompleted() {
                    observer.onCompleted();
                  }
                }))
        .build();
  }

  static byte[] one(Channel channel, byte[] request) {
    return ClientCalls.blockingUnaryCall(
        channel, ONE, CallOptions.DEFAULT.withDeadlineAfter(60, TimeUnit.SECONDS), request);
  }

  /** {@return how many bytes came back of {@code count} messages of {@code bytes} each} */
  static long many(Channel channel, int count, int bytes) throws Exception {
    CompletableFuture<Long> total = new CompletableFuture<>();
    StreamObserver<byte[]> requests =
        ClientCalls.asyncBidiStreamingCall(
            channel.newCall(MANY, CallOptions.DEFAULT.withDeadlineAfter(60, TimeUnit.SECONDS)),
            new StreamObserver<>() {
              private long sum;

              @Override
              public void onNext(byte[] answer) {
                sum += answer.length;
              }

              @Override
              public void onError(Throwable failure) {
                total.completeExceptionally(failure);
              }

              @Override
              public void onCompleted() {
                total.complete(sum);
              }
            });
    for (int i = 0; i < count; i++) {
      requests.onNext(new byte[bytes]);
    }
    requests.onCompleted();
    return total.get(60, TimeUnit.SECONDS);
  }

  private static MethodDescriptor<byte[], byte[]> method(
      String name, MethodDescriptor.MethodType type) {
    return MethodDescriptor.<byte[], byte[]>newBuilder()
        .setFullMethodName("test.Echo/" + name)
        .setType(type)
        .setRequestMarshaller(new Marshaller())
        .setResponseMarshaller(new Marshaller())
        .build();
  }

  private static final class Marshaller implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] bytes) {
      return new ByteArrayInputStream(bytes);
    }

    @Override
    public byte[] parse(InputStream in) {
      try {
        return in.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
