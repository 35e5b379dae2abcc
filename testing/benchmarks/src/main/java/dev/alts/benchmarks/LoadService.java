package dev.alts.benchmarks;

import io.grpc.BindableService;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;

/** Echoes one message, or streams as many mebibytes as it is asked for. */
final class LoadService implements BindableService {
  static final int CHUNK_BYTES = 1 << 20;
  static final MethodDescriptor<byte[], byte[]> ECHO = method("Echo", MethodType.UNARY);
  static final MethodDescriptor<byte[], byte[]> STREAM =
      method("Stream", MethodType.SERVER_STREAMING);

  private final byte[] chunk = new byte[CHUNK_BYTES];

  @Override
  public ServerServiceDefinition bindService() {
    return ServerServiceDefinition.builder("bench.Load")
        .addMethod(
            ECHO,
            ServerCalls.asyncUnaryCall((request, response) -> {
              response.onNext(request);
              response.onCompleted();
            }))
        .addMethod(STREAM, ServerCalls.asyncServerStreamingCall(this::stream))
        .build();
  }

  private void stream(byte[] request, StreamObserver<byte[]> response) {
    ServerCallStreamObserver<byte[]> call = (ServerCallStreamObserver<byte[]>) response;
    int[] left = {ByteBuffer.wrap(request).getInt()};
    call.setOnReadyHandler(() -> {
      // As fast as the connection takes it, and no faster: nothing piles up in memory.
      while (left[0] > 0 && call.isReady()) {
        call.onNext(chunk);
        if (--left[0] == 0) {
          call.onCompleted();
        }
      }
    });
  }

  private static MethodDescriptor<byte[], byte[]> method(String name, MethodType type) {
    return MethodDescriptor.<byte[], byte[]>newBuilder()
        .setType(type)
        .setFullMethodName("bench.Load/" + name)
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
