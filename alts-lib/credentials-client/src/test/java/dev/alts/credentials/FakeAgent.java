package dev.alts.credentials;

import dev.alts.api.credentials.v1.CredentialSnapshot;
import dev.alts.api.credentials.v1.CredentialsGrpc;
import dev.alts.api.credentials.v1.ReportRequest;
import dev.alts.api.credentials.v1.ReportResponse;
import dev.alts.api.credentials.v1.WatchCredentialsRequest;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
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
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The agent's Credentials API, played from a script over a real Unix socket: it says what the test
 * tells it to say.
 */
final class FakeAgent implements AutoCloseable {
  private final Path socket;
  private final EventLoopGroup thread =
      new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
  private final Server server;
  private final List<ServerCallStreamObserver<CredentialSnapshot>> streams =
      new CopyOnWriteArrayList<>();
  private final BlockingQueue<ReportRequest> reports = new LinkedBlockingQueue<>();
  private final AtomicInteger attempts = new AtomicInteger();
  private volatile @Nullable CredentialSnapshot snapshot;
  private volatile @Nullable Status refusal;
  private volatile @Nullable WatchCredentialsRequest lastRequest;

  private FakeAgent(Path socket) throws IOException {
    this.socket = socket;
    Files.deleteIfExists(socket);
    this.server =
        NettyServerBuilder.forAddress(
                new DomainSocketAddress(socket.toFile()), InsecureServerCredentials.create())
            .channelType(EpollServerDomainSocketChannel.class)
            .bossEventLoopGroup(thread)
            .workerEventLoopGroup(thread)
            .directExecutor()
            .addService(new Script())
            .build()
            .start();
  }

  static FakeAgent at(Path socket) throws IOException {
    return new FakeAgent(socket);
  }

  /** Sends {@code next} to everyone who watches, now and later. */
  FakeAgent gives(CredentialSnapshot next) {
    snapshot = next;
    refusal = null;
    streams.forEach(stream -> stream.onNext(next));
    return this;
  }

  /** Ends every stream with {@code status}, now and later. */
  FakeAgent refuses(Status status) {
    refusal = status;
    streams.forEach(stream -> stream.onError(status.asRuntimeException()));
    streams.clear();
    return this;
  }

  int attempts() {
    return attempts.get();
  }

  int openStreams() {
    return (int) streams.stream().filter(stream -> !stream.isCancelled()).count();
  }

  @Nullable WatchCredentialsRequest lastRequest() {
    return lastRequest;
  }

  @Override
  public void close() throws IOException {
    server.shutdownNow();
    try {
      server.awaitTermination(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    thread.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    Files.deleteIfExists(socket);
  }

  /** {@return what was reported, oldest first} */
  BlockingQueue<ReportRequest> reports() {
    return reports;
  }

  private final class Script extends CredentialsGrpc.CredentialsImplBase {
    @Override
    public void report(ReportRequest request, StreamObserver<ReportResponse> responses) {
      reports.add(request);
      responses.onNext(ReportResponse.getDefaultInstance());
      responses.onCompleted();
    }

    @Override
    public void watchCredentials(
        WatchCredentialsRequest request, StreamObserver<CredentialSnapshot> responses) {
      lastRequest = request;
      attempts.incrementAndGet();
      Status refuse = refusal;
      if (refuse != null) {
        responses.onError(refuse.asRuntimeException());
        return;
      }
      ServerCallStreamObserver<CredentialSnapshot> stream =
          (ServerCallStreamObserver<CredentialSnapshot>) responses;
      stream.setOnCancelHandler(() -> streams.remove(stream));
      streams.add(stream);
      CredentialSnapshot first = snapshot;
      if (first != null) {
        stream.onNext(first);
      }
    }
  }
}
