package dev.alts.report;

import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Counts what happens to the connections and calls of this process, and remembers the latest and
 * the most telling of it. What does not fit is counted without a name, so a count is never too
 * small.
 *
 * <p>Thread-safe; never blocks for longer than a map takes.
 */
public final class ConnectionReport {
  /** One for the process: its agent keeps one report of it. */
  public static final ConnectionReport OF_THIS_PROCESS =
      new ConnectionReport(InstantSource.system());

  public static final String HANDSHAKES = "handshakes";
  public static final String RESUMED = "handshakes.resumed";
  public static final String FAILED = "handshakes.failed";
  public static final String DENIALS = "calls.denied";
  public static final String CLEAR_TEXT = "connections.clear_text";
  public static final String UNNAMED_TARGETS = "connections.unnamed_target";

  private static final int MAX_COUNTERS = 64;
  private static final int MAX_DENIALS = 30;
  private static final int MAX_NAMES = 50;
  // a report must fit into one message of its agent, whatever peers and callers are called
  private static final int MAX_TEXT = 120;
  private static final int MAX_REASON = 160;
  private static final int MAX_WORD = 40;

  private final InstantSource clock;
  private final Map<String, Long> counters = new TreeMap<>();
  private final Deque<ReportedDenial> denials = new ArrayDeque<>();
  private final Map<Peer, ClearTextPeer> clearText = new LinkedHashMap<>();
  private final Map<String, Long> unnamed = new LinkedHashMap<>();
  private long changes;

  private record Peer(Direction direction, String name) {}

  public ConnectionReport(InstantSource clock) {
    this.clock = clock;
  }

  /** A handshake is complete. */
  public synchronized void handshake(boolean resumed) {
    count(HANDSHAKES);
    if (resumed) {
      count(RESUMED);
    }
  }

  /**
   * A handshake failed.
   *
   * @param reason one word of a closed set, never what a peer said
   */
  public synchronized void handshakeFailed(String reason) {
    count(FAILED);
    count(FAILED + "." + cut(reason, MAX_WORD));
  }

  /** A call was refused. */
  public synchronized void denied(String peer, String method, String reason) {
    count(DENIALS);
    if (denials.size() == MAX_DENIALS) {
      denials.removeFirst();
    }
    denials.addLast(
        new ReportedDenial(
            clock.instant(), cut(peer, MAX_TEXT), cut(method, MAX_TEXT), cut(reason, MAX_REASON)));
  }

  /**
   * A connection is in clear text.
   *
   * @return whether its peer had no name here yet, so that it is worth a line in the log
   */
  public synchronized boolean clearText(Direction direction, String name) {
    count(CLEAR_TEXT);
    Peer peer = new Peer(direction, cut(name, MAX_TEXT));
    ClearTextPeer known = clearText.get(peer);
    if (known == null && clearText.size() == MAX_NAMES) {
      return false;
    }
    ClearTextPeer now =
        known == null
            ? new ClearTextPeer(direction, peer.name(), 1, clock.instant(), clock.instant())
            : known.seen(clock.instant());
    clearText.put(peer, now);
    return known == null;
  }

  /** A connection went to a target that the naming policy does not name. */
  public synchronized void unnamedTarget(String target) {
    count(UNNAMED_TARGETS);
    String name = cut(target, MAX_TEXT);
    if (unnamed.containsKey(name) || unnamed.size() < MAX_NAMES) {
      unnamed.merge(name, 1L, Long::sum);
    }
  }

  /** {@return a number that is another one whenever the contents are} */
  public synchronized long changes() {
    return changes;
  }

  public synchronized ReportContents contents() {
    return new ReportContents(
        counters, List.copyOf(denials), List.copyOf(clearText.values()), unnamed);
  }

  private void count(String counter) {
    changes++;
    if (counters.containsKey(counter) || counters.size() < MAX_COUNTERS) {
      counters.merge(counter, 1L, Long::sum);
    }
  }

  /** Printable, since people read it on terminals (abuse-6), and of one byte a character. */
  private static String cut(String text, int length) {
    StringBuilder line = new StringBuilder(Math.min(text.length(), length));
    text.codePoints()
        .limit(length)
        .forEach(c -> line.append(c >= ' ' && c < 0x7f ? (char) c : '?'));
    return line.toString();
  }
}
