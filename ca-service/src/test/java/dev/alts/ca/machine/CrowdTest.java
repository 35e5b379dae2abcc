package dev.alts.ca.machine;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.RetryInfo;
import dev.alts.api.machine.v1.Grant;
import dev.alts.api.machine.v1.IssueOutcome;
import dev.alts.api.machine.v1.IssueRequest;
import dev.alts.api.machine.v1.MachineGrpc;
import dev.alts.api.machine.v1.Topic;
import dev.alts.api.machine.v1.TopicPosition;
import dev.alts.api.machine.v1.WatchResponse;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Many agents at a CA that works on two calls at a time, and agents that do not behave. */
class CrowdTest {
  private static final int AGENTS = 40;
  private static MachineCa ca;

  @BeforeAll
  static void start() {
    ca = MachineCa.start("alts.ca.machine.calls-at-once=2", "alts.ca.machine.connection-age=3s");
    ca.apply(MachineCa.WEB, MachineCa.NEXT);
  }

  @AfterAll
  static void stop() {
    ca.close();
  }

  /** Each does what an agent does after a start: it opens its stream and renews what it holds. */
  @Test
  void restartOfAllAgentsAtOnceFailsNobody() throws Exception {
    List<RawAgent> agents =
        IntStream.range(0, AGENTS).mapToObj(i -> attested("crowd-" + i)).toList();
    List<Callable<Grant>> starts = new ArrayList<>();
    for (RawAgent agent : agents) {
      starts.add(() -> {
        var _ = caughtUp(agent, List.of());
        return issued(agent);
      });
    }

    try (ExecutorService all = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Grant>> grants = all.invokeAll(starts, 5, TimeUnit.MINUTES);

      for (Future<Grant> grant : grants) {
        assertThat(grant.get().getCertificate().getSpiffeId())
            .isEqualTo("spiffe://test.alts/demo/web");
      }
    }
  }

  private static RawAgent attested(String machine) {
    return untilAdmitted(() -> ca.attested(machine));
  }

  /** {@return what a stream that resumes there brings} */
  private static List<WatchResponse> caughtUp(RawAgent agent, List<TopicPosition> positions) {
    return untilAdmitted(() -> {
      try (RawWatch watch = RawWatch.open(agent, positions)) {
        return watch.untilCaughtUp();
      }
    });
  }

  private static Grant issued(RawAgent agent) {
    ManagedChannel channel = agent.channel();
    IssueRequest request =
        IssueRequest.newBuilder().addItems(RawAgent.itemOf(1000).build()).build();
    return untilAdmitted(() ->
        MachineGrpc.newBlockingStub(channel)
            .withDeadlineAfter(1, TimeUnit.MINUTES)
            .issue(request)
            .getOutcomes(0)
            .getGrant());
  }

  /** As the agent does it: it comes again when the CA says, and when it cannot answer now. */
  private static <T> T untilAdmitted(Supplier<T> call) {
    long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(5);
    while (true) {
      try {
        return call.get();
      } catch (StatusRuntimeException e) {
        awaitTurn(e, deadline);
      } catch (AssertionError e) {
        if (!(e.getCause() instanceof StatusRuntimeException refused)) {
          throw e;
        }
        awaitTurn(refused, deadline);
      }
    }
  }

  private static void awaitTurn(StatusRuntimeException refused, long deadline) {
    assertThat(System.nanoTime()).isLessThan(deadline);
    Status.Code code = refused.getStatus().getCode();
    assertThat(code).isIn(Status.Code.RESOURCE_EXHAUSTED, Status.Code.UNAVAILABLE);
    Duration wait = code == Status.Code.UNAVAILABLE ? Duration.ofMillis(200) : retryAfter(refused);
    LockSupport.parkNanos(wait.toNanos());
  }

  private static Duration retryAfter(StatusRuntimeException failure) {
    var status = StatusProto.fromThrowable(failure);
    assertThat(status).isNotNull();
    for (Any detail : status.getDetailsList()) {
      try {
        return Duration.ofSeconds(detail.unpack(RetryInfo.class).getRetryDelay().getSeconds());
      } catch (InvalidProtocolBufferException e) {
        throw new AssertionError(e);
      }
    }
    throw new AssertionError("no RetryInfo", failure);
  }

  @Test
  void whoIsRefusedHearsWhenToComeAgain() throws Exception {
    RawAgent agent = attested("refused");
    try (Connection blocker = ca.bean(DataSource.class).getConnection();
        ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor()) {
      blocker.setAutoCommit(false);
      try (Statement lock = blocker.createStatement()) {
        lock.execute("LOCK TABLE machine_certificate IN ACCESS EXCLUSIVE MODE");
      }
      List<Future<IssueOutcome>> working =
          IntStream.range(0, 8)
              .mapToObj(i -> calls.submit(() -> agent.issue(RawAgent.itemOf(1000).build())))
              .toList();
      StatusRuntimeException refused = firstFailure(working);

      assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
      assertThat(retryAfter(refused)).isBetween(Duration.ofSeconds(1), Duration.ofMinutes(1));
      blocker.rollback();
    }
  }

  private static StatusRuntimeException firstFailure(List<Future<IssueOutcome>> calls)
      throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (calls.stream().noneMatch(call -> call.state() == Future.State.FAILED)) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      Thread.sleep(5);
    }
    return (StatusRuntimeException)
        calls.stream()
            .filter(call -> call.state() == Future.State.FAILED)
            .findFirst()
            .orElseThrow()
            .exceptionNow();
  }

  @Test
  void aStreamThatHasItsAgeEndsInPeaceAndItsSuccessorGetsOnlyWhatItMissed() {
    RawAgent agent = attested("aged");
    List<TopicPosition> positions =
        untilAdmitted(() -> {
          try (RawWatch watch = RawWatch.open(agent)) {
            List<TopicPosition> seen = RawWatch.positions(watch.untilCaughtUp());
            watch.awaitEnd();
            return seen;
          }
        });
    long version = ca.apply(MachineCa.WEB, MachineCa.NEXT);

    List<WatchResponse> missed = caughtUp(agent, positions);

    assertThat(missed)
        .anySatisfy(push -> assertThat(push.getRules().getVersion()).isEqualTo(version));
    assertThat(missed)
        .extracting(WatchResponse::getTopic)
        .doesNotContain(Topic.REVOCATION_POLICY, Topic.RECORD_POLICY);
  }

  @Test
  void aPositionAheadOfTheTopicCountsFromTheBeginning() {
    RawAgent agent = attested("ahead");
    List<TopicPosition> ahead =
        RawWatch.positions(caughtUp(agent, List.of())).stream()
            .map(one -> one.toBuilder().setSequence(one.getSequence() + 1_000_000).build())
            .toList();

    assertThat(caughtUp(agent, ahead))
        .extracting(WatchResponse::getTopic)
        .contains(Topic.TRUST_DOCUMENT, Topic.RULES, Topic.NAMING_POLICY);
  }
}
