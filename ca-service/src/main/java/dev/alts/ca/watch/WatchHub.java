package dev.alts.ca.watch;

import dev.alts.ca.database.GatheredLookups;
import dev.alts.ca.watch.WatchLog.Head;
import dev.alts.ca.watch.WatchLog.TopicKey;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
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
  private final Map<String, Set<Subscription>> subscriptions = new ConcurrentHashMap<>();
  private final GatheredLookups<String, List<Head>> firstHeads;
  private final AtomicReference<Heads> domain = new AtomicReference<>(Heads.NONE);
  private final AtomicInteger streams = new AtomicInteger();
  private final Map<TopicKey, Push> latestStates = new ConcurrentHashMap<>();
  private final ReentrantLock readingStates = new ReentrantLock();
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private final AtomicLong looks = new AtomicLong();
  private volatile boolean closed;
  private volatile long lookedAt = System.nanoTime() - CURRENT.toNanos();
  private volatile @Nullable Thread thread;

  public WatchHub(WatchLog events, DataSource database) {
    this.events = events;
    this.database = database;
    this.firstHeads = new GatheredLookups<>(machines -> byScope(events.heads(machines)));
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
    return streams.get();
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
   * Many that come at once share the query.
   */
  public Subscription subscribe(String machine) {
    Subscription subscription = new Subscription(machine);
    // Registered first: what is published between this and the read is seen by both.
    register(subscription);
    try {
      // Of a database where nothing was ever published, there is nothing to wait for.
      Map<String, List<Head>> read = firstHeads.findAll(Set.of(machine));
      domainIs(read.getOrDefault("", List.of()));
      subscription.update(read.getOrDefault(machine, List.of()));
    } catch (RuntimeException e) {
      subscription.close();
      throw e;
    }
    return subscription;
  }

  private void register(Subscription subscription) {
    streams.incrementAndGet();
    subscriptions.compute(
        subscription.machine,
        (machine, all) -> {
          Set<Subscription> next = all == null ? new HashSet<>() : new HashSet<>(all);
          next.add(subscription);
          return Set.copyOf(next);
        });
  }

  private void forget(Subscription subscription) {
    subscriptions.computeIfPresent(
        subscription.machine,
        (machine, all) -> {
          Set<Subscription> next = new HashSet<>(all);
          if (next.remove(subscription)) {
            streams.decrementAndGet();
          }
          return next.isEmpty() ? null : Set.copyOf(next);
        });
  }

  private static Map<String, List<Head>> byScope(List<Head> heads) {
    return heads.stream().collect(Collectors.groupingBy(head -> head.key().scope()));
  }

  /** Wakes everybody if the domain's topics have grown. */
  private void domainIs(List<Head> read) {
    Heads before = domain.getAndUpdate(known -> known.with(read));
    if (!before.with(read).equals(before)) {
      subscriptions.values().forEach(all -> all.forEach(Subscription::wake));
    }
  }

  /** {@return what follows {@code after}; a state's latest event is read and serialised once} */
  List<Push> pushesAfter(Head head, long after, Instant since, int limit) {
    if (head.key().topic().kind() == WatchTopic.Kind.LOG) {
      return read(head, after, since, limit);
    }
    Push known = latestStates.get(head.key());
    if (known != null && known.sequence() >= head.sequence()) {
      return List.of(known);
    }
    // All streams are behind at the same moment: one reads, the others find what it read.
    readingStates.lock();
    try {
      Push meanwhile = latestStates.get(head.key());
      if (meanwhile != null && meanwhile.sequence() >= head.sequence()) {
        return List.of(meanwhile);
      }
      List<Push> pushes = read(head, after, since, limit);
      pushes.forEach(push -> latestStates.put(head.key(), push));
      return pushes;
    } finally {
      readingStates.unlock();
    }
  }

  private List<Push> read(Head head, long after, Instant since, int limit) {
    return events.eventsAfter(head.key(), after, since, limit).stream().map(Push::of).toList();
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
    Map<String, List<Head>> read = byScope(events.heads(Set.copyOf(subscriptions.keySet())));
    domainIs(read.getOrDefault("", List.of()));
    read.forEach((machine, heads) ->
        subscriptions.getOrDefault(machine, Set.of()).forEach(one -> one.update(heads)));
    listeners.forEach(Runnable::run);
    lookedAt = begun;
    looks.incrementAndGet();
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
    subscriptions.values().forEach(all -> all.forEach(Subscription::close));
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
    private Heads own = Heads.NONE;
    private long look = -1;
    private boolean changed;
    private boolean ended;

    private Subscription(String machine) {
      this.machine = machine;
    }

    private synchronized void update(List<Head> read) {
      Heads next = own.with(read);
      if (!next.equals(own)) {
        own = next;
        wake();
      }
    }

    private synchronized void wake() {
      changed = true;
      notifyAll();
    }

    /** {@return how far the topics are, by topic, in the order of the topics} */
    public Map<WatchTopic, Head> heads() {
      Map<WatchTopic, Head> all = new EnumMap<>(WatchTopic.class);
      synchronized (this) {
        // Before the domain's are read: what comes between wakes this stream again.
        changed = false;
        all.putAll(own.byTopic());
      }
      all.putAll(domain.get().byTopic());
      return all;
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
    public boolean lookedAgain() {
      long now = looks.get();
      boolean again = now != look;
      look = now;
      return again;
    }

    public synchronized boolean isEnded() {
      return ended;
    }

    @Override
    public void close() {
      synchronized (this) {
        ended = true;
        notifyAll();
      }
      forget(this);
    }
  }
}
