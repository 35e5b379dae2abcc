package dev.alts.ca.operations;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts all checks to the question. A check that fails to answer is a problem. Thread-safe. */
final class Readiness {
  private static final Logger log = LoggerFactory.getLogger(Readiness.class);

  private final Supplier<List<ReadinessCheck>> checks;
  private volatile boolean ready;

  Readiness(Supplier<List<ReadinessCheck>> checks) {
    this.checks = checks;
  }

  /** {@return the problems there are, by the name of their check; none: ready} */
  Map<String, String> problems() {
    Map<String, String> problems = new TreeMap<>();
    for (ReadinessCheck check : checks.get()) {
      try {
        check.problem().get().ifPresent(problem -> problems.put(check.name(), problem));
      } catch (RuntimeException e) {
        problems.put(check.name(), "the check failed: " + e.getClass().getSimpleName());
      }
    }
    tellIfChanged(problems);
    return problems;
  }

  private synchronized void tellIfChanged(Map<String, String> problems) {
    if (ready != problems.isEmpty()) {
      ready = problems.isEmpty();
      log.info("Readiness: ready={} problems={}", ready, problems);
    }
  }
}
