package dev.alts.endpoint;

import dev.alts.identity.SpiffeId;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connections whose server was accepted as a member of the trust domain only, since the naming
 * policy does not know the target (handshake.md section 8): counted, and each target told once, so
 * that an operator knows what to write before going strict. Thread-safe.
 */
final class UnnamedTargets {
  private static final Logger log = LoggerFactory.getLogger(UnnamedTargets.class);

  // a client may be sent to any number of targets by its own callers
  private static final int MAX_TOLD = 1_000;

  private final Set<String> told = ConcurrentHashMap.newKeySet();
  private final LongAdder accepted = new LongAdder();

  void accept(String target, SpiffeId server) {
    accepted.increment();
    if (told.size() < MAX_TOLD && told.add(target)) {
      log.info("target without entry in the naming policy target={} server={}", target, server);
    }
  }

  long count() {
    return accepted.sum();
  }

  int targetsTold() {
    return told.size();
  }
}
