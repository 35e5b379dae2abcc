package dev.alts.handshake;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;

/**
 * How many handshakes a server has under way and begins, in all and per source (handshake.md
 * section 4). Thread-safe; knows no sockets: whoever accepts connections asks {@link #admit} and
 * releases the slot at the handshake's end, whatever that is.
 *
 * <p>A flood from few sources must not stop others: at the global limit the oldest connection of
 * the source that has most is dropped.
 */
public final class HandshakeBudget {
  /** Longest that a connection may stay pending; whoever drives it keeps that time. */
  public static final Duration HANDSHAKE_TIMEOUT = Duration.ofSeconds(10);

  private static final int IPV6_BYTES = 16;
  private static final int IPV6_NETWORK_BYTES = 8;
  private static final Duration SWEEP_INTERVAL = Duration.ofSeconds(1);

  private final Limits limits;
  private final InstantSource clock;
  private final Map<String, Source> sources = new HashMap<>();
  private final TokenBucket work;
  private int pending;
  private Instant nextSweep;

  /**
   * What is allowed.
   *
   * @param pending connections that were accepted and have not finished their handshake
   * @param perSecond begun pieces of public-key work; twice that at once
   */
  public record Limits(int pending, int pendingPerSource, int perSecond, int perSecondPerSource) {
    /** What a server allows unless told otherwise. */
    public static final Limits DEFAULT = new Limits(1_000, 64, 4_000, 1_000);

    public Limits {
      if (pending < 1 || pendingPerSource < 1 || perSecond < 1 || perSecondPerSource < 1) {
        throw new IllegalArgumentException("handshake limits (expected: all positive)");
      }
    }
  }

  public HandshakeBudget(Limits limits, InstantSource clock) {
    this.limits = limits;
    this.clock = clock;
    this.work = new TokenBucket(limits.perSecond(), clock.instant());
    this.nextSweep = clock.instant();
  }

  /**
   * {@return what connections from this address share} IPv6 hands whole /64 networks to single
   * hosts: counted by address, one of them would be as many sources as it likes.
   */
  public static String sourceOf(byte[] address) {
    int counted = address.length == IPV6_BYTES ? IPV6_NETWORK_BYTES : address.length;
    return HexFormat.of().formatHex(address, 0, counted);
  }

  /**
   * {@return a slot for a new connection, or empty if its source has all it may have}
   *
   * @param source what connections of one origin share, usually {@link #sourceOf} its address
   * @param onEviction closes this connection, called at most once, on any thread, when it must make
   *     room
   */
  public Optional<Slot> admit(String source, Runnable onEviction) {
    Optional<Slot> evicted;
    Slot slot;
    synchronized (this) {
      Source of = sources.get(source);
      if (of != null && of.slots.size() >= limits.pendingPerSource()) {
        return Optional.empty();
      }
      evicted =
          pending >= limits.pending() ? Optional.of(oldestOfBusiestSource()) : Optional.empty();
      evicted.ifPresent(this::remove);
      slot = new Slot(source, onEviction);
      sources
          .computeIfAbsent(
              source, unused -> new Source(limits.perSecondPerSource(), clock.instant()))
          .slots
          .add(slot);
      pending++;
    }
    // Outside of the lock: it closes a connection.
    evicted.ifPresent(old -> old.onEviction.run());
    return Optional.of(slot);
  }

  /** {@return how many connections are pending, for metrics} */
  public synchronized int pending() {
    return pending;
  }

  private Slot oldestOfBusiestSource() {
    return sources.values().stream()
        .filter(source -> !source.slots.isEmpty())
        .max(Comparator.comparingInt(source -> source.slots.size()))
        .orElseThrow(() -> new AssertionError("pending connections have sources"))
        .slots
        .getFirst();
  }

  private synchronized void release(Slot slot) {
    remove(slot);
  }

  private void remove(Slot slot) {
    Source source = sources.get(slot.source);
    if (source == null || !source.slots.remove(slot)) {
      // Evicted before, or released twice.
      return;
    }
    pending--;
    forgetIdleSources(clock.instant());
  }

  /**
   * A source is kept until its work budget is full again, or reconnecting would refill it. Looked
   * at once a second, so that a flood from many sources does not make each release look at all of
   * them.
   */
  private void forgetIdleSources(Instant now) {
    if (now.isBefore(nextSweep)) {
      return;
    }
    nextSweep = now.plus(SWEEP_INTERVAL);
    sources.values().removeIf(old -> old.slots.isEmpty() && old.work.isFull(now));
  }

  private synchronized boolean tryClaim(Slot slot) {
    Instant now = clock.instant();
    Source source = sources.get(slot.source);
    if (source == null || !source.slots.contains(slot)) {
      return false;
    }
    return source.work.tryTake(now) && work.tryTake(now);
  }

  /** A pending connection. Releasing may be repeated. */
  public final class Slot implements WorkPermit, AutoCloseable {
    private final String source;
    private final Runnable onEviction;

    private Slot(String source, Runnable onEviction) {
      this.source = source;
      this.onEviction = onEviction;
    }

    @Override
    public boolean tryClaim() {
      return HandshakeBudget.this.tryClaim(this);
    }

    /** Says that the handshake is over, in whichever way. */
    @Override
    public void close() {
      release(this);
    }
  }

  private static final class Source {
    private final LinkedHashSet<Slot> slots = new LinkedHashSet<>();
    private final TokenBucket work;

    private Source(int perSecond, Instant now) {
      this.work = new TokenBucket(perSecond, now);
    }
  }

  /** Refills steadily, holds two seconds' worth. */
  private static final class TokenBucket {
    private static final long NANOS = 1_000_000_000L;

    private final int perSecond;
    private final double capacity;
    private double tokens;
    private Instant refilledAt;

    private TokenBucket(int perSecond, Instant now) {
      this.perSecond = perSecond;
      this.capacity = 2.0 * perSecond;
      this.tokens = capacity;
      this.refilledAt = now;
    }

    private boolean tryTake(Instant now) {
      refill(now);
      if (tokens < 1) {
        return false;
      }
      tokens--;
      return true;
    }

    private boolean isFull(Instant now) {
      refill(now);
      return tokens >= capacity;
    }

    private void refill(Instant now) {
      if (now.isAfter(refilledAt)) {
        double seconds = (double) Duration.between(refilledAt, now).toNanos() / NANOS;
        tokens = Math.min(capacity, tokens + seconds * perSecond);
      }
      refilledAt = now;
    }
  }
}
