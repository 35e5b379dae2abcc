package dev.alts.cli.run;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.alts.api.credentials.v1.CredentialSnapshot;
import dev.alts.api.credentials.v1.CredentialsGrpc;
import dev.alts.api.credentials.v1.ReportRequest;
import dev.alts.api.credentials.v1.ReportResponse;
import dev.alts.api.credentials.v1.WatchCredentialsRequest;
import dev.alts.api.spiffe.SpiffeWorkloadAPIGrpc;
import dev.alts.api.spiffe.X509BundlesRequest;
import dev.alts.api.spiffe.X509BundlesResponse;
import dev.alts.api.spiffe.X509SVID;
import dev.alts.api.spiffe.X509SVIDRequest;
import dev.alts.api.spiffe.X509SVIDResponse;
import dev.alts.identity.Bytes;
import dev.alts.identity.document.TrustDocument;
import dev.alts.identity.x509.X509Svid;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The program's socket: the Credentials API and the SPIFFE Workload API of one identity, as an
 * agent serves them, for processes of our own user.
 */
final class JobServer implements AutoCloseable {
  private static final int MAX_REQUEST_BYTES = 64 << 10;
  private static final int MAX_HEADER_BYTES = 8 << 10;
  private static final long STOP_SECONDS = 2;

  private final Server server;
  private final EventLoopGroup loops;

  private JobServer(Server server, EventLoopGroup loops) {
    this.server = server;
    this.loops = loops;
  }

  static JobServer open(Path socket, Served served) throws IOException {
    EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    int uid = (Integer) Files.getAttribute(socket.toAbsolutePath().getParent(), "unix:uid");
    Server server =
        NettyServerBuilder.forAddress(
                new DomainSocketAddress(socket.toFile()), OwnUserNegotiator.credentials(uid))
            .channelType(EpollServerDomainSocketChannel.class)
            .bossEventLoopGroup(loops)
            .workerEventLoopGroup(loops)
            .maxInboundMessageSize(MAX_REQUEST_BYTES)
            .maxInboundMetadataSize(MAX_HEADER_BYTES)
            .addService(new OwnApi(served))
            .addService(ServerInterceptors.intercept(new WorkloadApi(served), new SecurityHeader()))
            .build()
            .start();
    return new JobServer(server, loops);
  }

  /** Our Credentials API. */
  private static final class OwnApi extends CredentialsGrpc.CredentialsImplBase {
    private final Served served;

    OwnApi(Served served) {
      this.served = served;
    }

    @Override
    public void watchCredentials(
        WatchCredentialsRequest request, StreamObserver<CredentialSnapshot> observer) {
      String wanted = request.getSpiffeId();
      String ours = served.now().credentials().master().id().toString();
      if (!wanted.isEmpty() && !wanted.equals(ours)) {
        observer.onError(
            Status.PERMISSION_DENIED
                .withDescription("the token gave %s only".formatted(ours))
                .asRuntimeException());
        return;
      }
      StateStream.open(
          (ServerCallStreamObserver<CredentialSnapshot>) observer,
          served,
          (state, sequence) -> state.snapshot().toBuilder().setSequence(sequence).build());
    }

    /** There is no agent that would keep it for anybody; the program need not know. */
    @Override
    public void report(ReportRequest request, StreamObserver<ReportResponse> observer) {
      observer.onNext(ReportResponse.getDefaultInstance());
      observer.onCompleted();
    }
  }

  /** SPIFFE_Workload_API.md, X.509 profile. */
  private static final class WorkloadApi extends SpiffeWorkloadAPIGrpc.SpiffeWorkloadAPIImplBase {
    private final Served served;

    WorkloadApi(Served served) {
      this.served = served;
    }

    @Override
    public void fetchX509SVID(X509SVIDRequest request, StreamObserver<X509SVIDResponse> observer) {
      StateStream.open(
          (ServerCallStreamObserver<X509SVIDResponse>) observer,
          served,
          (state, sequence) -> svid(state));
    }

    @Override
    public void fetchX509Bundles(
        X509BundlesRequest request, StreamObserver<X509BundlesResponse> observer) {
      StateStream.open(
          (ServerCallStreamObserver<X509BundlesResponse>) observer,
          served,
          (state, sequence) ->
              X509BundlesResponse.newBuilder()
                  .putBundles(
                      state.document().trustDomain().id().toString(), bundle(state.document()))
                  .build());
    }

    private static X509SVIDResponse svid(Served.State state) {
      X509Svid svid = state.credentials().tls();
      return X509SVIDResponse.newBuilder()
          .addSvids(
              X509SVID
                  .newBuilder()
                  .setSpiffeId(svid.id().toString())
                  .setX509Svid(concatenated(svid.chain()))
                  .setX509SvidKey(UnsafeByteOperations.unsafeWrap(svid.privateKey().getEncoded()))
                  .setBundle(bundle(state.document())))
          .build();
    }

    private static ByteString bundle(TrustDocument document) {
      return concatenated(
          document.authorities().stream().map(authority -> authority.certificate().der()).toList());
    }

    private static ByteString concatenated(List<Bytes> parts) {
      return ByteString.copyFrom(
          parts.stream().map(part -> ByteString.copyFrom(part.asByteBuffer())).toList());
    }
  }

  /** SPIFFE_Workload_Endpoint.md 4: a request that somebody forged lacks it. */
  private static final class SecurityHeader implements ServerInterceptor {
    private static final Metadata.Key<String> HEADER =
        Metadata.Key.of("workload.spiffe.io", Metadata.ASCII_STRING_MARSHALLER);

    @Override
    public <A, B> ServerCall.Listener<A> interceptCall(
        ServerCall<A, B> call, Metadata headers, ServerCallHandler<A, B> next) {
      if ("true".equals(headers.get(HEADER))) {
        return next.startCall(call, headers);
      }
      call.close(
          Status.INVALID_ARGUMENT.withDescription("header workload.spiffe.io: true is missing"),
          new Metadata());
      return new ServerCall.Listener<>() {};
    }
  }

  @Override
  public void close() {
    server.shutdownNow();
    try {
      var _ = server.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    var _ = loops.shutdownGracefully(0, STOP_SECONDS, TimeUnit.SECONDS);
  }
}
