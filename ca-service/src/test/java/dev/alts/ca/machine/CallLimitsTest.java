package dev.alts.ca.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alts.api.machine.v1.AttestRequest;
import dev.alts.api.machine.v1.AttestResponse;
import dev.alts.api.machine.v1.IssueRequest;
import dev.alts.api.machine.v1.IssueResponse;
import dev.alts.api.machine.v1.MachineGrpc;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The interceptors over a real connection, before a service that answers nobody. */
class CallLimitsTest {
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor();
  private Server server;
  private ManagedChannel channel;

  @BeforeEach
  void start() throws Exception {
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .executor(calls)
            .addService(new Silent())
            .intercept(
                new CallLimits(
                    timer,
                    Duration.ofMillis(300),
                    new Admission(new Admission.Limits(256, 256, Duration.ofSeconds(2))),
                    headers -> Duration.ofDays(1)))
            .intercept(new ErrorMapping())
            .build()
            .start();
    channel = NettyChannelBuilder.forAddress("127.0.0.1", server.getPort()).usePlaintext().build();
  }

  @AfterEach
  void stop() {
    channel.shutdownNow();
    server.shutdownNow();
    timer.shutdownNow();
    calls.shutdown();
  }

  @Test
  @Tag("abuse-41")
  void strangersWhoStallAreSentAwayAndOthersAreServed() throws Exception {
    List<CompletableFuture<Status.Code>> stalled = new ArrayList<>();
    for (int i = 0; i < 90; i++) {
      CompletableFuture<Status.Code> ended = new CompletableFuture<>();
      MachineGrpc.newStub(channel).attest(ending(ended));
      stalled.add(ended);
    }

    for (CompletableFuture<Status.Code> ended : stalled) {
      assertThat(ended.get(20, TimeUnit.SECONDS)).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
    }
    MachineGrpc.newStub(channel).attest(ending(new CompletableFuture<>()));
  }

  @Test
  void callWhoseHandlerFailsEndsWithoutItsSecrets() throws Exception {
    CompletableFuture<Status.Code> ended = new CompletableFuture<>();
    try {
      MachineGrpc.newFutureStub(channel).issue(IssueRequest.getDefaultInstance()).get();
    } catch (ExecutionException e) {
      Status status = ((StatusRuntimeException) e.getCause()).getStatus();
      assertThat(status.getDescription()).doesNotContain("secret");
      ended.complete(status.getCode());
    }

    assertThat(ended.get(1, TimeUnit.SECONDS)).isEqualTo(Status.Code.INTERNAL);
  }

  private static StreamObserver<AttestResponse> ending(CompletableFuture<Status.Code> ended) {
    return new StreamObserver<>() {
      @Override
      public void onNext(AttestResponse response) {}

      @Override
      public void onError(Throwable failure) {
        ended.complete(Status.fromThrowable(failure).getCode());
      }

      @Override
      public void onCompleted() {
        ended.complete(Status.Code.OK);
      }
    };
  }

  private static final class Silent extends MachineGrpc.MachineImplBase {
    @Override
    public StreamObserver<AttestRequest> attest(StreamObserver<AttestResponse> answers) {
      return new StreamObserver<>() {
        @Override
        public void onNext(AttestRequest request) {}

        @Override
        public void onError(Throwable failure) {}

        @Override
        public void onCompleted() {}
      };
    }

    @Override
    public void issue(IssueRequest request, StreamObserver<IssueResponse> answer) {
      throw new IllegalStateException("secret");
    }
  }
}
