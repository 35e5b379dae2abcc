package dev.alts.ca.machine;

import dev.alts.api.machine.v1.IssueOutcome;
import dev.alts.api.machine.v1.Refusal.Reason;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** How many requests for processes were refused, by reason; never whose. Thread-safe. */
@Component
class RefusalMetrics implements MeterBinder {
  private volatile @Nullable MeterRegistry registry;

  @Override
  public void bindTo(MeterRegistry bound) {
    registry = bound;
    // Every series exists from the start: a rate over one that appears with its first event is 0.
    for (Reason reason : Reason.values()) {
      if (reason != Reason.UNRECOGNIZED && reason != Reason.REASON_UNSPECIFIED) {
        counter(bound, reason);
      }
    }
  }

  void count(List<IssueOutcome> outcomes) {
    MeterRegistry bound = registry;
    if (bound == null) {
      return;
    }
    for (IssueOutcome outcome : outcomes) {
      if (outcome.hasRefusal()) {
        counter(bound, outcome.getRefusal().getReason()).increment();
      }
    }
  }

  private static Counter counter(MeterRegistry registry, Reason reason) {
    return Counter.builder("alts.refusals")
        .description("Requests of agents for processes that were refused")
        .tag("reason", reason.name().toLowerCase(Locale.ROOT))
        .register(registry);
  }
}
