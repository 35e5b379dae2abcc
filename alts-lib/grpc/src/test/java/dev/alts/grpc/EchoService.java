package dev.alts.grpc;

import io.grpc.BindableService;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Gives back what it gets, as bytes without protobuf. */
final class EchoService implements BindableService {
  static final MethodDescriptor<byte[], byte[]> UNARY = method("Unary", MethodType.UNARY);
  static final MethodDescriptor<byte[], byte[]> STREAM =
      method("Stream", MethodType.BIDI_STREAMING);
  static final MethodDescriptor<byte[], byte[]> WHO = method("Who", MethodType.UNARY);

  @Override
  public ServerServiceDefinition bindService() {
    return ServerServiceDefinition.builder("test.Echo")
        .addMethod(
            UNARY,
            ServerCalls.asyncUnaryCall((request, response) -> {
              response.onNext(request);
              response.onCompleted();
            }))
        .addMethod(STREAM, ServerCalls.asyncBidiStreamingCall(EchoService::echo))
        .addMethod(
            WHO,
            ServerCalls.asyncUnaryCall((request, response) -> {
              response.onNext(
                  AltsContextKeys.PEER.get().id().toString().getBytes(StandardCharsets.US_ASCII));
              response.onCompleted();
            }))
        .build();
  }

  private static StreamObserver<byte[]> echo(StreamObserver<byte[]> response) {
    return new StreamObserver<>() {
      @Override
      public void onNext(byte[] message) {
        response.onNext(message);
      }

      @Override
      public void onError(Throwable failure) {
        // the caller has gone; nothing to answer
      }

      @Override
      public void onCompleted() {
        response.onCompleted();
      }
    };
  }

  private static MethodDescriptor<byte[], byte[]> method(String name, MethodType type) {
    return MethodDescriptor.<byte[], byte[]>newBuilder()
        .setType(type)
        .setFullMethodName("test.Echo/" + name)
        .setRequestMarshaller(BytesMarshaller.INSTANCE)
        .setResponseMarshaller(BytesMarshaller.INSTANCE)
        .build();
  }

  private enum BytesMarshaller implements MethodDescriptor.Marshaller<byte[]> {
    INSTANCE;

    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
