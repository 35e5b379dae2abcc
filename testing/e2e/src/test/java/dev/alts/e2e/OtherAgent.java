package dev.alts.e2e;

import com.google.protobuf.ByteString;
import dev.alts.api.spiffe.SpiffeWorkloadAPIGrpc;
import dev.alts.api.spiffe.X509SVID;
import dev.alts.api.spiffe.X509SVIDRequest;
import dev.alts.api.spiffe.X509SVIDResponse;
import dev.alts.testing.TestSvid;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A Workload API on a Unix socket that is not ours, as SPIRE's agent serves it: an answer at once
 * and the stream kept open, PERMISSION_DENIED for a process without an identity.
 */
final class OtherAgent implements AutoCloseable {
  private static final Metadata.Key<String> SECURITY =
      Metadata.Key.of("workload.spiffe.io", Metadata.ASCII_STRING_MARSHALLER);

  /** An SVID with its hint. */
  record Given(TestSvid svid, String hint) {}

  private final IoEventLoopGroup threads =
      new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
  private final Server server;
  private volatile List<Given> given = List.of();

  OtherAgent(Path socket) throws IOException {
    this.server =
        NettyServerBuilder.forAddress(new DomainSocketAddress(socket.toFile()))
            .channelType(EpollServerDomainSocketChannel.class)
            .bossEventLoopGroup(threads)
            .workerEventLoopGroup(threads)
            .intercept(new SecurityHeader())
            .addService(new WorkloadApi())
            .build()
            .start();
  }

  void gives(Given... identities) {
    given = List.of(identities);
  }

  private final class WorkloadApi extends SpiffeWorkloadAPIGrpc.SpiffeWorkloadAPIImplBase {
    @Override
    public void fetchX509SVID(X509SVIDRequest request, StreamObserver<X509SVIDResponse> observer) {
      if (given.isEmpty()) {
        observer.onError(
            Status.PERMISSION_DENIED.withDescription("no identity issued").asException());
        return;
      }
      X509SVIDResponse.Builder response = X509SVIDResponse.newBuilder();
      for (Given one : given) {
        response.addSvids(
            X509SVID
                .newBuilder()
                .setSpiffeId(one.svid().spiffeId())
                .setX509Svid(ByteString.copyFrom(one.svid().certificate()))
                .setHint(one.hint()));
      }
      observer.onNext(response.build());
    }
  }

  private static final class SecurityHeader implements ServerInterceptor {
    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
      if (!"true".equals(headers.get(SECURITY))) {
        call.close(Status.INVALID_ARGUMENT, new Metadata());
        return new ServerCall.Listener<>() {};
      }
      return next.startCall(call, headers);
    }
  }

  @Override
  public void close() throws InterruptedException {
    server.shutdownNow().awaitTermination();
    threads.shutdownGracefully(0, 1, TimeUnit.SECONDS).await();
  }
}
