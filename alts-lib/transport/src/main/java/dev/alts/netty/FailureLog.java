package dev.alts.netty;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says why handshakes fail, which peers are not told, and only so often: who floods a server with
 * bad handshakes must not fill its disk with lines. Thread-safe.
 */
final class FailureLog {
  /** One for the process: its log is one. */
  static final FailureLog OF_THIS_PROCESS = new FailureLog();

  private static final Logger log = LoggerFactory.getLogger(FailureLog.class);
  private static final int LINES_PER_SECOND = 10;
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  private final AtomicLong windowStart = new AtomicLong(System.nanoTime());
  private final AtomicInteger inWindow = new AtomicInteger();

  void record(AltsHandshakeException failure) {
    long now = System.nanoTime();
    long start = windowStart.get();
    if (now - start > SECOND && windowStart.compareAndSet(start, now)) {
      int suppressed = inWindow.getAndSet(0) - LINES_PER_SECOND;
      if (suppressed > 0) {
        log.info("{} more handshakes failed", suppressed);
      }
    }
    if (inWindow.incrementAndGet() <= LINES_PER_SECOND) {
      log.info("{}", failure.getMessage());
    }
    log.debug("handshake failed", failure);
  }
}
