package dev.alts.agent.upstream;

import dev.alts.agent.credentials.Backoff;
import dev.alts.agent.credentials.ServerClock;
import dev.alts.api.machine.v1.Topic;
import dev.alts.api.machine.v1.TopicPosition;
import dev.alts.api.machine.v1.WatchRequest;
import dev.alts.api.machine.v1.WatchResponse;
import dev.alts.identity.document.InvalidDocumentException;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the stream of everything that the CA pushes open, and resumes it where it broke off. An
 * update that cannot be taken over does not move its topic's position, so it is asked for again.
 *
 * <p>Has one thread of its own, which ends with {@link #close()}.
 */
public final class WatchLoop implements AutoCloseable {
  private static final Logger logger = LoggerFactory.getLogger(WatchLoop.class);

  private final CaClient ca;
  private final PushedUpdates updates;
  private final ServerClock clock;
  private final Backoff backoff;
  private final Listener listener;
  private final String agentVersion;
  private final Map<Topic, TopicPosition> positions = new EnumMap<>(Topic.class);
  private final Thread thread;
  private volatile boolean closed;
  private boolean connected;

  /**
   * Who wants to know how the stream stands.
   *
   * @param onConnected called when a stream brings its first message
   * @param onCaughtUp called each time that everything the CA knows has arrived
   */
  public record Listener(Runnable onConnected, Runnable onCaughtUp) {}

  public WatchLoop(
      CaClient ca,
      PushedUpdates updates,
      ServerClock clock,
      Backoff backoff,
      Listener listener,
      String agentVersion) {
    this.ca = ca;
    this.updates = updates;
    this.clock = clock;
    this.backoff = backoff;
    this.listener = listener;
    this.agentVersion = agentVersion;
    this.thread = Thread.ofVirtual().name("watch").unstarted(this::run);
  }

  public void start() {
    thread.start();
  }

  private void run() {
    while (!closed) {
      try {
        if (!ca.watch(request(), this::receive)) {
          logger.debug("watch: the CA ended the stream in peace");
          sleep(backoff.next());
        }
      } catch (StatusRuntimeException e) {
        lost(CaClient.reason(e), RetryDelay.of(e));
      } catch (RuntimeException e) {
        logger.error("watch: an update could not be taken over", e);
        lost(String.valueOf(e.getMessage()), Duration.ZERO);
      }
    }
  }

  private WatchRequest request() {
    return WatchRequest.newBuilder()
        .addAllPositions(positions.values())
        .setAgentVersion(agentVersion)
        .build();
  }

  private void receive(WatchResponse response) {
    if (!connected) {
      connected = true;
      logger.info("watch: connected");
      listener.onConnected().run();
    }
    backoff.reset();
    try {
      updates.apply(response);
    } catch (InvalidDocumentException e) {
      logger.error("watch: {} refused: {}", response.getTopic(), e.getMessage());
      return;
    }
    if (response.hasCaughtUp()) {
      clock.learn(Instant.ofEpochSecond(response.getCaughtUp().getServerTime()));
      listener.onCaughtUp().run();
      return;
    }
    if (response.getTopic() == Topic.UNRECOGNIZED
        || response.getTopic() == Topic.TOPIC_UNSPECIFIED) {
      return;
    }
    positions.put(
        response.getTopic(),
        TopicPosition.newBuilder()
            .setTopic(response.getTopic())
            .setSequence(response.getSequence())
            .setResumeToken(response.getResumeToken())
            .build());
  }

  private void lost(String why, Duration retryAfter) {
    if (closed) {
      return;
    }
    Duration wait = backoff.next(retryAfter);
    if (connected) {
      logger.warn(
          "watch: lost ({}); what is held goes on serving, next attempt in {} ms",
          why,
          wait.toMillis());
    } else {
      logger.info("watch: not connected ({}), next attempt in {} ms", why, wait.toMillis());
    }
    connected = false;
    sleep(wait);
  }

  private void sleep(Duration wait) {
    try {
      Thread.sleep(wait);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      closed = true;
    }
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
  }
}
