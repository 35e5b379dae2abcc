package dev.alts.ca.watch;

import dev.alts.ca.watch.WatchLog.Head;
import dev.alts.ca.watch.WatchLog.TopicKey;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Wakes streams when topics grow. One per replica; thread-safe.
 *
 * <p>The database's notification is only a hint: the hub looks anyway every few seconds, and what
 * it tells is what it read. It never tells a stream that it is up to date unless it looked.
 */
public final class WatchHub implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(WatchHub.class);
  private static final Duration LOOK = Duration.ofSeconds(5);
  private static final Duration WAIT = Duration.ofMillis(250);
  private static final Duration RETRY = Duration.ofSeconds(1);
  private static final Duration END = Duration.ofSeconds(3);

  /** Some looks may fail; more, and what is in memory may be old. */
  private static final Duration CURRENT = Duration.ofSeconds(20);

  private final WatchLog events;
  private final DataSource database;
  private final Set<Subscription> subscriptions = ConcurrentHashMap.newKeySet();
  private final Map<TopicKey, Push> latestStates = new ConcurrentHashMap<>();
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private volatile boolean closed;
  private volatile long lookedAt = System.nanoTime() - CURRENT.toNanos();
  private volatile @Nullable Thread thread;

  public WatchHub(WatchLog events, DataSource database) {
    this.events = events;
    this.database = database;
  }

  /** Starts to listen. */
  public void start() {
    thread = Thread.ofVirtual().name("watch-hub").start(this::run);
  }

  /** Calls {@code listener} after each look at the database, on the hub's thread. */
  public void onLook(Runnable listener) {
    listeners.add(listener);
  }

  /** {@return how many streams are open} */
  public int streams() {
    return subscriptions.size();
  }

  /** {@return how old what is in memory may be} */
  public Duration sinceLook() {
    return Duration.ofNanos(System.nanoTime() - lookedAt);
  }

  /** {@return whether what is in memory was read from the database lately} */
  public boolean isCurrent() {
    return sinceLook().compareTo(CURRENT) < 0;
  }

  /** What the listeners would read has been read by somebody else just now. */
  public void lookedElsewhere() {
    lookedAt = System.nanoTime();
  }

  /**
   * {@return a subscription of {@code machine}, whose first heads are read from the database now}
   */
  public Subscription subscribe(String machine) {
    Subscription subscription = new Subscription(machine);
    // Registered first: what is published between this and the read is seen by both.
    subscriptions.add(subscription);
    subscription.update(events.heads(Set.of(machine)));
    return subscription;
  }

  /** {@return what follows {@code after}; a state's latest event is read and serialised once} */
  List<Push> pushesAfter(Head head, long after, Instant since, int limit) {
    if (head.key().topic().kind() == WatchTopic.Kind.STATE) {
      Push cached = latestStates.get(head.key());
      if (cached != null && cached.sequence() >= head.sequence()) {
        return List.of(cached);
      }
    }
    List<Push> pushes =
        events.eventsAfter(head.key(), after, since, limit).stream().map(Push::of).toList();
    if (head.key().topic().kind() == WatchTopic.Kind.STATE && !pushes.isEmpty()) {
      latestStates.merge(
          head.key(),
          pushes.getFirst(),
          (old, read) -> read.sequence() > old.sequence() ? read : old);
    }
    return pushes;
  }

  private void run() {
    while (!closed) {
      try {
        listen();
      } catch (SQLException | RuntimeException e) {
        if (!closed) {
          log.warn("watch hub lost the database, trying again: {}", e.toString());
          pause();
        }
      }
    }
  }

  private void listen() throws SQLException {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("LISTEN " + WatchLog.CHANNEL);
      PGConnection notified = connection.unwrap(PGConnection.class);
      while (!closed) {
        look();
        awaitHint(notified);
      }
    }
  }

  /** In short waits: interrupting a long one would break the connection, noisily. */
  private void awaitHint(PGConnection notified) throws SQLException {
    long start = System.nanoTime();
    while (!closed && System.nanoTime() - start < LOOK.toNanos()) {
      PGNotification[] hints = notified.getNotifications((int) WAIT.toMillis());
      if (hints != null && hints.length > 0) {
        return;
      }
    }
  }

  private void look() {
    long begun = System.nanoTime();
    Set<String> machines =
        subscriptions.stream().map(Subscription::machine).collect(Collectors.toSet());
    List<Head> heads = events.heads(machines);
    subscriptions.forEach(subscription -> subscription.update(heads));
    listeners.forEach(Runnable::run);
    lookedAt = begun;
  }

  private static void pause() {
    try {
      Thread.sleep(RETRY);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    closed = true;
    Thread running = thread;
    if (running != null) {
      end(running);
    }
    subscriptions.forEach(Subscription::close);
  }

  private static void end(Thread running) {
    try {
      if (!running.join(END)) {
        running.interrupt();
      }
    } catch (InterruptedException e) {
      running.interrupt();
      Thread.currentThread().interrupt();
    }
  }

  /** One stream's view of how far its topics are. Used by one thread, updated by the hub. */
  public final class Subscription implements AutoCloseable {
    private final String machine;
    private final Map<TopicKey, Head> heads = new HashMap<>();
    private boolean changed;
    private boolean ended;
    private boolean looked;

    private Subscription(String machine) {
      this.machine = machine;
    }

    String machine() {
      return machine;
    }

    private synchronized void update(List<Head> read) {
      looked = true;
      for (Head head : read) {
        if (!head.key().scope().isEmpty() && !head.key().scope().equals(machine)) {
          continue;
        }
        Head old = heads.put(head.key(), head);
        if (old == null || old.sequence() < head.sequence()) {
          changed = true;
        }
      }
      notifyAll();
    }

    /** {@return how far the topics are, by topic} */
    public synchronized Map<WatchTopic, Head> heads() {
      changed = false;
      return heads.values().stream()
          .collect(
              Collectors.toMap(
                  head -> head.key().topic(),
                  head -> head,
                  (one, same) -> one,
                  // In the order of the topics: the trust document before what it verifies.
                  () -> new EnumMap<>(WatchTopic.class)));
    }

    /** Waits until a topic grew, the subscription ended, or {@code atMost} passed. */
    public synchronized void await(Duration atMost) throws InterruptedException {
      long until = System.nanoTime() + atMost.toNanos();
      while (!changed && !ended) {
        long left = (until - System.nanoTime()) / 1_000_000;
        if (left <= 0) {
          return;
        }
        wait(left);
      }
    }

    public List<Push> pushesAfter(Head head, long after, Instant since, int limit) {
      return WatchHub.this.pushesAfter(head, after, since, limit);
    }

    /** {@return whether the hub read the database since the last call} */
    public synchronized boolean lookedAgain() {
      boolean again = looked;
      looked = false;
      return again;
    }

    public synchronized boolean isEnded() {
      return ended;
    }

    @Override
    public synchronized void close() {
      ended = true;
      subscriptions.remove(this);
      notifyAll();
    }
  }
}
