package dev.alts.benchmarks.ca;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.RetryInfo;
import dev.alts.api.machine.v1.MachineGrpc;
import dev.alts.api.machine.v1.Topic;
import dev.alts.api.machine.v1.TopicPosition;
import dev.alts.api.machine.v1.WatchRequest;
import dev.alts.api.machine.v1.WatchResponse;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Agents as far as the CA sees them: each holds a watch stream on a connection of its own, resumes
 * where it was, and comes back after the waiting times of a real one.
 */
final class WatchingAgents implements AutoCloseable {
  /** More than the highest number of a topic. */
  private static final int TOPICS = 128;

  private static final int FIRST_BACKOFF_MILLIS = 200;
  private static final int LONGEST_BACKOFF_MILLIS = 60_000;

  private final List<Agent> agents = new ArrayList<>();
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("agents").factory());
  private final Map<Status.Code, LongAdder> ended = new ConcurrentHashMap<>();
  private final LongAdder messages = new LongAdder();

  WatchingAgents(List<ManagedChannel> machines) {
    machines.forEach(machine -> agents.add(new Agent(machine)));
  }

  int count() {
    return agents.size();
  }

  /** Opens all streams, so many at a time; returns when all have caught up. */
  void open(int atOnce) throws InterruptedException {
    Semaphore slots = new Semaphore(atOnce);
    for (Agent agent : agents) {
      slots.acquire();
      agent.onceCaughtUp = slots::release;
      agent.open();
    }
    slots.acquire(atOnce);
  }

  /** Cuts all connections; each agent comes back at once. */
  void reconnect() {
    for (Agent agent : agents) {
      agent.cut();
    }
  }

  /** {@return when the last of all agents had caught up on a stream opened after {@code since}} */
  long awaitAll(long since, int seconds) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    while (agents.stream().anyMatch(agent -> agent.firstCaughtUp < since)) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException(
            "%d agents are not back after %d s; streams ended: %s"
                .formatted(
                    agents.stream().filter(agent -> agent.firstCaughtUp < since).count(),
                    seconds,
                    ended()));
      }
      Thread.sleep(20);
    }
    return agents.stream().mapToLong(agent -> agent.firstCaughtUp).max().orElseThrow();
  }

  /**
   * {@return how long after {@code publishedAt} each agent had this event of the topic, or a later
   * one}
   */
  Latencies latencies(Topic topic, long sequence, long publishedAt) throws InterruptedException {
    return latencies(topic, sequence, publishedAt, 60);
  }

  private Latencies latencies(Topic topic, long sequence, long publishedAt, int seconds)
      throws InterruptedException {
    int index = topic.getNumber();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    while (agents.stream().anyMatch(agent -> agent.sequences[index] < sequence)) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException(
            "%s %d did not reach all agents".formatted(topic, sequence));
      }
      Thread.sleep(20);
    }
    return of(topic, publishedAt);
  }

  /** {@return how long after {@code publishedAt} the last event of the topic reached each agent} */
  Latencies of(Topic topic, long publishedAt) {
    Latencies.Recorder recorder = new Latencies.Recorder(agents.size());
    for (Agent agent : agents) {
      long at = agent.receivedAt[topic.getNumber()];
      if (at >= publishedAt) {
        recorder.add(TimeUnit.MILLISECONDS.toNanos(at - publishedAt));
      }
    }
    return recorder.sorted();
  }

  /** {@return how many streams have ended, by gRPC's code} */
  Map<String, Long> ended() {
    Map<String, Long> counts = new TreeMap<>();
    ended.forEach((code, count) -> counts.put(code.name(), count.sum()));
    return counts;
  }

  long messages() {
    return messages.sum();
  }

  @Override
  public void close() {
    timer.shutdownNow();
    agents.forEach(Agent::close);
  }

  /** {@return what the CA named; 0: nothing} */
  private static long retryAfterMillis(Throwable failure) {
    var status = StatusProto.fromThrowable(failure);
    if (status == null || status.getDetailsCount() == 0) {
      return 0;
    }
    try {
      var delay = status.getDetails(0).unpack(RetryInfo.class).getRetryDelay();
      return delay.getSeconds() * 1_000 + delay.getNanos() / 1_000_000;
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("RetryInfo of the CA", e);
    }
  }

  /** One agent; its call runs on the channels' event loop. */
  private final class Agent {
    private final ManagedChannel machine;
    private final long[] sequences = new long[TOPICS];
    private final long[] receivedAt = new long[TOPICS];
    private final ByteString[] tokens = new ByteString[TOPICS];
    private volatile long firstCaughtUp;
    private volatile boolean caughtUp;
    private volatile boolean closed;
    private @Nullable Runnable onceCaughtUp;
    private @Nullable ClientCallStreamObserver<WatchRequest> call;
    private int backoff = FIRST_BACKOFF_MILLIS;

    Agent(ManagedChannel machine) {
      this.machine = machine;
      Arrays.fill(tokens, ByteString.EMPTY);
    }

    void open() {
      caughtUp = false;
      WatchRequest.Builder request = WatchRequest.newBuilder().setAgentVersion("bench");
      for (int topic = 0; topic < TOPICS; topic++) {
        if (sequences[topic] > 0) {
          request.addPositions(
              TopicPosition.newBuilder()
                  .setTopicValue(topic)
                  .setSequence(sequences[topic])
                  .setResumeToken(tokens[topic]));
        }
      }
      MachineGrpc.newStub(machine).watch(request.build(), new Stream());
    }

    void cut() {
      ClientCallStreamObserver<WatchRequest> open = call;
      backoff = 0;
      if (open != null) {
        open.cancel("cut", null);
      }
      machine.enterIdle();
    }

    void close() {
      closed = true;
      ClientCallStreamObserver<WatchRequest> open = call;
      if (open != null) {
        open.cancel("end", null);
      }
      machine.enterIdle();
    }

    private void receive(WatchResponse response) {
      messages.increment();
      backoff = FIRST_BACKOFF_MILLIS;
      if (response.hasCaughtUp()) {
        if (!caughtUp) {
          firstCaughtUp = System.currentTimeMillis();
          caughtUp = true;
        }
        Runnable waiting = onceCaughtUp;
        onceCaughtUp = null;
        if (waiting != null) {
          waiting.run();
        }
        return;
      }
      int topic = response.getTopicValue();
      tokens[topic] = response.getResumeToken();
      receivedAt[topic] = System.currentTimeMillis();
      sequences[topic] = response.getSequence();
    }

    private void comeBack(Status why, long retryAfterMillis) {
      if (closed) {
        return;
      }
      LongAdder count = ended.computeIfAbsent(why.getCode(), code -> new LongAdder());
      if (count.sum() == 0) {
        System.err.println("first stream that ended so: " + why);
      }
      count.increment();
      ThreadLocalRandom random = ThreadLocalRandom.current();
      long wait =
          Math.max(
              backoff - random.nextLong(backoff / 2 + 1),
              retryAfterMillis + random.nextLong(retryAfterMillis / 2 + 1));
      backoff = Math.clamp(backoff * 2L, FIRST_BACKOFF_MILLIS, LONGEST_BACKOFF_MILLIS);
      var _ =
          timer.schedule(
              () -> {
                machine.resetConnectBackoff();
                open();
              },
              wait,
              TimeUnit.MILLISECONDS);
    }

    private final class Stream implements ClientResponseObserver<WatchRequest, WatchResponse> {
      @Override
      public void beforeStart(ClientCallStreamObserver<WatchRequest> started) {
        call = started;
      }

      @Override
      public void onNext(WatchResponse response) {
        receive(response);
      }

      @Override
      public void onError(Throwable failure) {
        comeBack(Status.fromThrowable(failure), retryAfterMillis(failure));
      }

      @Override
      public void onCompleted() {
        comeBack(Status.OK, 0);
      }
    }
  }
}
