package dev.alts.ca.machine;

import com.google.protobuf.ByteString;
import dev.alts.api.machine.v1.CaughtUp;
import dev.alts.api.machine.v1.WatchResponse;
import dev.alts.ca.attestation.MachineAuthentication.Authenticated;
import dev.alts.ca.database.DatabaseClock;
import dev.alts.ca.watch.Push;
import dev.alts.ca.watch.WatchHub.Subscription;
import dev.alts.ca.watch.WatchLog.Head;
import dev.alts.ca.watch.WatchTopic;
import io.grpc.stub.ServerCallStreamObserver;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * One agent's watch stream. Runs on a virtual thread of its own and never holds more than one
 * batch: of a state the newest is read when there is room for it, and an agent that does not read
 * is cut. It resumes later where it was, as it does when the stream has reached its age.
 */
final class WatchStream implements Runnable {
  static final Duration CUT_AFTER = Duration.ofSeconds(10);

  /** So that silence is not taken for peace, and a connection that is dead is noticed. */
  private static final Duration HEARTBEAT = Duration.ofMinutes(1);

  private static final int BATCH = 100;

  private final Authenticated machine;
  private final ServerCallStreamObserver<ByteString> agent;
  private final Subscription subscription;
  private final KeyedPushes keyed;
  private final DatabaseClock clock;
  private final Ending ending;
  private final Map<WatchTopic, Long> positions = new EnumMap<>(WatchTopic.class);
  private boolean evicted;

  /** Completes events that are sent with secrets that the log does not hold. */
  interface KeyedPushes {
    /** {@return what to send to this agent over this connection, or empty: nothing} */
    Optional<WatchResponse> complete(WatchResponse event);
  }

  /**
   * When and how a stream ends that nobody else ended.
   *
   * @param age after which the agent is asked to come again, perhaps to another replica
   * @param cut ends the connection of an agent that does not read: what waits for it would wait on
   */
  record Ending(Duration age, Runnable cut) {}

  WatchStream(
      Authenticated machine,
      ServerCallStreamObserver<ByteString> agent,
      Subscription subscription,
      Map<WatchTopic, Long> positions,
      KeyedPushes keyed,
      DatabaseClock clock,
      Ending ending) {
    this.machine = machine;
    this.agent = agent;
    this.subscription = subscription;
    this.positions.putAll(positions);
    this.keyed = keyed;
    this.clock = clock;
    this.ending = ending;
  }

  @Override
  public void run() {
    try (subscription) {
      if (follow()) {
        agent.onCompleted();
      } else if (!agent.isCancelled()) {
        throw stopping();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      fail(stopping());
    } catch (RuntimeException e) {
      fail(e);
      if (e instanceof ApiException refusal && refusal.code() == ApiException.Code.TOO_SLOW) {
        ending.cut().run();
      }
    }
  }

  private static ApiException stopping() {
    return new ApiException(ApiException.Code.UNAVAILABLE, "the CA is stopping; try again");
  }

  private void fail(RuntimeException failure) {
    if (!agent.isCancelled()) {
      agent.onError(ErrorMapping.failure(failure, "Watch"));
    }
  }

  /** {@return whether it went on until it had its age} */
  private boolean follow() throws InterruptedException {
    long end = System.nanoTime() + ending.age().toNanos();
    // Streams that were opened together need not beat together for ever.
    Duration wait = HEARTBEAT.dividedBy(2).plusMillis(random(HEARTBEAT));
    boolean told = false;
    while (!agent.isCancelled() && !subscription.isEnded()) {
      boolean sent = sendBehind();
      if (evicted) {
        // Whoever reads it is not the machine any more, whatever is pushed to that name later.
        throw new ApiException(
            ApiException.Code.NOT_ATTESTED, "this machine was turned away; attest again");
      }
      // The first time after everything that the database had when the stream began; later only
      // if the hub looked again, so that silence of the database never looks like peace.
      if (!told || sent || subscription.lookedAgain()) {
        send(caughtUp());
        told = true;
      }
      Duration left = Duration.ofNanos(end - System.nanoTime());
      if (left.isNegative()) {
        return true;
      }
      subscription.await(left.compareTo(wait) < 0 ? left : wait);
      wait = HEARTBEAT;
    }
    return false;
  }

  private static long random(Duration below) {
    return ThreadLocalRandom.current().nextLong(below.toMillis());
  }

  /** {@return whether anything was sent} */
  private boolean sendBehind() throws InterruptedException {
    boolean any = false;
    for (Map.Entry<WatchTopic, Head> entry : subscription.heads().entrySet()) {
      Head head = entry.getValue();
      long position = positions.getOrDefault(entry.getKey(), 0L);
      while (position < head.sequence()) {
        List<Push> pushes = subscription.pushesAfter(head, position, machine.attestedAt(), BATCH);
        if (pushes.isEmpty()) {
          // Only events about a former life of the machine lie between.
          position = head.sequence();
        }
        for (Push push : pushes) {
          any |= deliver(push);
          position = push.sequence();
        }
      }
      positions.put(entry.getKey(), position);
    }
    return any;
  }

  private boolean deliver(Push push) throws InterruptedException {
    if (push.topic() != WatchTopic.RESUMPTION_KEYS) {
      send(push.serialised());
      evicted |= push.topic() == WatchTopic.EVICTION;
      return true;
    }
    Optional<WatchResponse> completed = keyed.complete(push.message());
    if (completed.isPresent()) {
      send(completed.get().toByteString());
    }
    return completed.isPresent();
  }

  private ByteString caughtUp() {
    return WatchResponse.newBuilder()
        .setCaughtUp(CaughtUp.newBuilder().setServerTime(clock.now().getEpochSecond()))
        .build()
        .toByteString();
  }

  private void send(ByteString message) throws InterruptedException {
    awaitReady();
    agent.onNext(message);
  }

  private synchronized void awaitReady() throws InterruptedException {
    long until = System.nanoTime() + CUT_AFTER.toNanos();
    while (!agent.isReady() && !agent.isCancelled()) {
      long left = (until - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        throw new ApiException(
            ApiException.Code.TOO_SLOW, "the stream is not read; resume when it can be");
      }
      wait(left);
    }
  }

  /** Called by gRPC when the agent has room again or is gone. */
  synchronized void wake() {
    notifyAll();
  }
}
