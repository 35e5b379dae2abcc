package dev.alts.ca.issuance;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Figures of issuance; labels are profiles and outcomes, never an identity. Thread-safe. */
final class IssuanceMetrics implements MeterBinder {
  private static final List<String> OUTCOMES = List.of("issued", "refused", "unavailable");

  /** Nothing is counted until there is one. */
  private volatile @Nullable MeterRegistry registry;

  @Override
  public void bindTo(MeterRegistry bound) {
    registry = bound;
    // Every series exists from the start: a rate over one that appears with its first event is 0.
    for (CertificateProfile profile : CertificateProfile.values()) {
      OUTCOMES.forEach(outcome -> certificates(bound, profile, outcome));
    }
    batches(bound);
  }

  /** {@return {@code service}, counted} */
  IssuanceService around(IssuanceService service) {
    return requests -> {
      long started = System.nanoTime();
      List<IssuanceOutcome> outcomes = service.issue(requests);
      MeterRegistry bound = registry;
      if (bound != null) {
        batches(bound).record(Duration.ofNanos(System.nanoTime() - started));
        for (int i = 0; i < outcomes.size(); i++) {
          certificates(bound, requests.get(i).profile(), nameOf(outcomes.get(i))).increment();
        }
      }
      return outcomes;
    };
  }

  private static String nameOf(IssuanceOutcome outcome) {
    return switch (outcome) {
      case IssuanceOutcome.Issued _ -> OUTCOMES.get(0);
      case IssuanceOutcome.Refused _ -> OUTCOMES.get(1);
      case IssuanceOutcome.Unavailable _ -> OUTCOMES.get(2);
    };
  }

  private static Counter certificates(
      MeterRegistry registry, CertificateProfile profile, String outcome) {
    return Counter.builder("alts.certificates")
        .description("Certificates that were asked for")
        .tag("profile", profile.name().toLowerCase(Locale.ROOT))
        .tag("outcome", outcome)
        .register(registry);
  }

  private static Timer batches(MeterRegistry registry) {
    return Timer.builder("alts.issuance")
        .description("From a batch of requests to its outcomes, record and signatures included")
        .serviceLevelObjectives(
            Arrays.stream(new long[] {5, 10, 25, 50, 100, 250, 1000})
                .mapToObj(Duration::ofMillis)
                .toArray(Duration[]::new))
        .register(registry);
  }
}
