package dev.alts.ca.machine;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.alts.api.machine.v1.Grant;
import dev.alts.api.machine.v1.IssueItem;
import dev.alts.api.machine.v1.IssueOutcome;
import dev.alts.api.machine.v1.IssueRequest;
import dev.alts.api.machine.v1.IssueResponse;
import dev.alts.api.machine.v1.MachineGrpc;
import dev.alts.api.machine.v1.Refusal;
import dev.alts.ca.testing.CaCore;
import dev.alts.identity.Bytes;
import dev.alts.identity.crypto.Sha256;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntSupplier;

/**
 * Machines that ask for many certificates at a time, at whichever replica answers, each batch until
 * it is answered. Remembers what was acknowledged.
 */
final class BusyMachines implements AutoCloseable {
  /** What a replica may answer when it cannot: clear, and such that asking again is right. */
  private static final Set<Status.Code> CLEAR =
      Set.of(
          Status.Code.UNAVAILABLE, Status.Code.DEADLINE_EXCEEDED, Status.Code.RESOURCE_EXHAUSTED);

  private static final Duration PROGRESS = Duration.ofMinutes(3);

  private final List<IntSupplier> replicas;
  private final int batch;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<Future<?>> running = new ArrayList<>();
  private final Set<Bytes> acknowledged = ConcurrentHashMap.newKeySet();
  private final Set<String> said = ConcurrentHashMap.newKeySet();
  private final AtomicInteger unanswered = new AtomicInteger();
  private volatile boolean stopped;

  private BusyMachines(List<IntSupplier> replicas, int batch) {
    this.replicas = replicas;
    this.batch = batch;
  }

  static BusyMachines start(List<RawAgent> agents, List<IntSupplier> replicas, int batch) {
    BusyMachines machines = new BusyMachines(replicas, batch);
    for (int i = 0; i < agents.size(); i++) {
      RawAgent agent = agents.get(i);
      int first = i;
      machines.running.add(machines.threads.submit(() -> machines.askOn(agent, first)));
    }
    return machines;
  }

  int count() {
    return acknowledged.size();
  }

  /** {@return how often a batch was not answered} */
  int unanswered() {
    return unanswered.get();
  }

  /** {@return what replicas said instead of an answer} */
  Set<String> said() {
    return said;
  }

  void awaitMore(int more) {
    int before = count();
    await("more certificates", () -> count() >= before + more);
  }

  void awaitUnanswered() {
    int before = unanswered();
    await("a call without an answer", () -> unanswered() > before);
  }

  private void await(String what, Callable<Boolean> condition) {
    awaitThat(
        "%s; have %d; replicas say %s".formatted(what, count(), said),
        () -> {
          running.stream().filter(Future::isDone).forEach(BusyMachines::rethrow);
          return condition.call();
        });
  }

  /** Waits for what processes do; generously, since they may have to start anew. */
  static void awaitThat(String what, Callable<Boolean> condition) {
    long deadline = System.nanoTime() + PROGRESS.toNanos();
    try {
      while (!condition.call()) {
        assertThat(System.nanoTime()).as("in time: %s", what).isLessThan(deadline);
        pause(Duration.ofMillis(20));
      }
    } catch (Exception e) {
      throw new AssertionError(what, e);
    }
  }

  /** {@return SHA-256 of the signed part of everything that was acknowledged} */
  Set<Bytes> stop() throws Exception {
    stopped = true;
    for (Future<?> each : running) {
      each.get(PROGRESS.toSeconds(), TimeUnit.SECONDS);
    }
    return acknowledged;
  }

  static void pause(Duration time) {
    LockSupport.parkNanos(time.toNanos());
  }

  private static void rethrow(Future<?> ended) {
    try {
      ended.get();
    } catch (Exception e) {
      throw new AssertionError("a machine gave up", e);
    }
  }

  private void askOn(RawAgent agent, int first) {
    List<ManagedChannel> channels =
        replicas.stream().map(port -> agent.copy(port).channel()).toList();
    try {
      Bytes spki = CaCore.newSpki();
      int at = first;
      while (!stopped) {
        List<IssueItem> items = new ArrayList<>();
        for (int i = 0; i < batch; i++) {
          items.add(
              RawAgent.itemOf(1000).setPublicKey(ByteString.copyFrom(spki.asByteBuffer())).build());
        }
        at = untilAnswered(channels, at, items);
      }
    } finally {
      channels.forEach(ManagedChannel::shutdownNow);
    }
  }

  /** {@return which replica answered, or was asked last before the end} */
  private int untilAnswered(List<ManagedChannel> channels, int first, List<IssueItem> items) {
    int at = first;
    List<IssueItem> wanted = items;
    boolean inDoubt = false;
    // At the end nobody waits for its quota, but what may have been recorded is asked for again.
    while (!wanted.isEmpty() && (inDoubt || !stopped)) {
      ManagedChannel channel = channels.get(at % channels.size());
      try {
        channel.resetConnectBackoff();
        IssueResponse response =
            MachineGrpc.newBlockingStub(channel)
                .withDeadlineAfter(20, TimeUnit.SECONDS)
                .issue(IssueRequest.newBuilder().addAllItems(wanted).build());
        wanted = notGranted(wanted, response);
        if (!wanted.isEmpty()) {
          pause(Duration.ofSeconds(2));
        }
      } catch (StatusRuntimeException e) {
        assertThat(e.getStatus().getCode()).as("%s", e).isIn(CLEAR);
        said.add(e.getStatus().getCode() + ": " + e.getStatus().getDescription());
        inDoubt = true;
        unanswered.incrementAndGet();
        at++;
        pause(Duration.ofMillis(200));
      }
    }
    return at;
  }

  /** {@return the rest, which the quota of a machine makes wait} */
  private List<IssueItem> notGranted(List<IssueItem> asked, IssueResponse response) {
    assertThat(response.getOutcomesCount()).isEqualTo(asked.size());
    List<IssueItem> rest = new ArrayList<>();
    for (int i = 0; i < asked.size(); i++) {
      IssueOutcome outcome = response.getOutcomes(i);
      if (outcome.hasRefusal()) {
        assertThat(outcome.getRefusal().getReason())
            .as("%s", outcome.getRefusal())
            .isEqualTo(Refusal.Reason.QUOTA);
        rest.add(asked.get(i));
      } else {
        Grant grant = outcome.getGrant();
        acknowledged.add(Sha256.of(PersistentMachines.signedPart(grant)));
      }
    }
    return rest;
  }

  @Override
  public void close() {
    stopped = true;
    threads.shutdownNow();
  }
}
