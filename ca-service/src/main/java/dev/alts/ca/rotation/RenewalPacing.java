package dev.alts.ca.rotation;

import dev.alts.api.machine.v1.Pacing;
import dev.alts.api.machine.v1.WatchResponse;
import dev.alts.ca.configuration.RotationProperties;
import dev.alts.ca.grants.Grants;
import dev.alts.ca.naming.DomainPolicies;
import dev.alts.ca.watch.WatchLog;
import dev.alts.ca.watch.WatchTopic;
import org.springframework.stereotype.Component;

/**
 * Tells agents over how long a time to spread what they ask for anew, by the number of certificates
 * that are out, so that a taint does not become a flood. Told ahead, since a taint comes at once.
 */
@Component
public class RenewalPacing {
  private static final int LONGEST_SECONDS = 3_600;

  private final DomainPolicies policies;
  private final Grants grants;
  private final WatchLog watch;
  private final RotationProperties settings;

  RenewalPacing(
      DomainPolicies policies, Grants grants, WatchLog watch, RotationProperties settings) {
    this.policies = policies;
    this.grants = grants;
    this.watch = watch;
    this.settings = settings;
  }

  /** Publishes the spread if it changed by so much that agents should know; an admin's counts. */
  public void publish() {
    if (policies.pacingOfAdmin().isPresent()) {
      return;
    }
    watch.publishIfChanged(
        WatchTopic.PACING,
        WatchResponse.newBuilder()
            .setPacing(Pacing.newBuilder().setSpreadSeconds(spreadSeconds(grants.count())))
            .build());
  }

  /** {@return the next power of two above what is needed: few changes, never too short} */
  int spreadSeconds(long certificates) {
    long needed = Math.max(1, certificates / settings.reissuesPerSecond());
    long spread = Long.highestOneBit(needed) == needed ? needed : Long.highestOneBit(needed) * 2;
    return Math.toIntExact(Math.min(LONGEST_SECONDS, spread));
  }
}
