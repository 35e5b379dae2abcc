package dev.alts.ca.grants;

import dev.alts.ca.grants.GrantChange.Action;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** How many certificates agents were told to give up or to ask for again. Thread-safe. */
@Component
class GrantMetrics implements MeterBinder {
  private volatile @Nullable MeterRegistry registry;

  @Override
  public void bindTo(MeterRegistry bound) {
    registry = bound;
    for (Action action : Action.values()) {
      counter(bound, action);
    }
  }

  void count(List<GrantChange> changes) {
    MeterRegistry bound = registry;
    if (bound != null) {
      changes.forEach(change -> counter(bound, change.action()).increment());
    }
  }

  private static Counter counter(MeterRegistry registry, Action action) {
    return Counter.builder("alts.grant.changes")
        .description("Certificates of processes that agents were told to give up or renew")
        .tag("action", action.name().toLowerCase(Locale.ROOT))
        .register(registry);
  }
}
