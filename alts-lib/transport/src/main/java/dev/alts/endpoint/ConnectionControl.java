package dev.alts.endpoint;

import java.time.Duration;

/** How an endpoint ends a connection that carries data; both may come from any thread. */
public interface ConnectionControl {
  /** Ends the connection in good order: no new work, and what runs may finish within the grace. */
  void replaceSoon(String reason, Duration grace);

  /**
   * Ends the connection in good order after {@code delay}: nothing is wrong with it yet. A kind of
   * connection that knows no such end leaves it open until it is cut.
   */
  void replaceAfter(Duration delay, String reason, Duration grace);

  /** Ends the connection now: its peer is not accepted any more. */
  void cut(String reason);
}
