package dev.alts.ca.endpoint;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How often callers without a certificate may be refused, by their address. Each refusal costs a
 * look into the database and an audit event, so without a limit whoever reaches a port could fill
 * the disk. What succeeds is not counted: any number of machines may join from behind one address.
 * Counts per replica and in memory. Thread-safe.
 */
public final class StrangerLimit {
  private static final int MAX_SOURCES = 100_000;

  /** Whoever has one address of IPv6 has all that begin with the same 64 bits. */
  private static final int PREFIX_BYTES = 8;

  private final int perMinute;
  private final InstantSource clock;
  private final Map<String, Allowance> allowances =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Allowance> eldest) {
          return size() > MAX_SOURCES;
        }
      };

  private record Allowance(double left, Instant at) {}

  public StrangerLimit(int perMinute, InstantSource clock) {
    if (perMinute < 1) {
      throw new IllegalArgumentException(
          "refusals a minute: %d (expected: at least 1)".formatted(perMinute));
    }
    this.perMinute = perMinute;
    this.clock = clock;
  }

  /** {@return whether callers from {@code source} have to wait} */
  public synchronized boolean isReached(InetAddress source) {
    return left(source, clock.instant()) < 1;
  }

  /** Notes that a caller from {@code source} was refused. */
  public synchronized void refused(InetAddress source) {
    Instant now = clock.instant();
    allowances.put(key(source), new Allowance(Math.max(0, left(source, now) - 1), now));
  }

  private double left(InetAddress source, Instant now) {
    Allowance allowance = allowances.get(key(source));
    if (allowance == null) {
      return perMinute;
    }
    Duration passed = Duration.between(allowance.at(), now);
    double refilled = passed.isNegative() ? 0 : passed.toMillis() * perMinute / 60_000.0;
    return Math.min(perMinute, allowance.left() + refilled);
  }

  private static String key(InetAddress source) {
    byte[] address = source.getAddress();
    return Arrays.toString(
        source instanceof Inet6Address ? Arrays.copyOf(address, PREFIX_BYTES) : address);
  }
}
