package dev.alts.ca.federation;

import dev.alts.ca.database.DatabaseClock;
import dev.alts.ca.federation.FederationStatus.Standing;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** How many relationships stand how. Thread-safe. */
final class FederationMetrics implements MeterBinder {
  private final Federations federations;
  private final DatabaseClock clock;
  private volatile Map<Standing, Integer> counts = Map.of();

  FederationMetrics(Federations federations, DatabaseClock clock) {
    this.federations = federations;
    this.clock = clock;
  }

  void refresh() {
    Map<Standing, Integer> counted = new EnumMap<>(Standing.class);
    List<ForeignDomain> all = federations.all();
    all.forEach(domain ->
        counted.merge(FederationStatus.of(domain, clock.now()).standing(), 1, Integer::sum));
    counts = Map.copyOf(counted);
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    for (Standing standing : Standing.values()) {
      Gauge.builder("alts.federations", this, metrics -> metrics.counts.getOrDefault(standing, 0))
          .tag("standing", standing.name().toLowerCase(Locale.ROOT))
          .description("Foreign trust domains by how the relationship with them stands")
          .register(registry);
    }
  }
}
