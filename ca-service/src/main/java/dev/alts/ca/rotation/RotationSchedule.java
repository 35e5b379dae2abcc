package dev.alts.ca.rotation;

import dev.alts.ca.authority.AuthorityLife;
import dev.alts.ca.authority.AuthorityRotation;
import dev.alts.ca.authority.AuthoritySlot;
import dev.alts.ca.authority.AuthorityStatus;
import dev.alts.ca.configuration.CaSettings;
import dev.alts.ca.configuration.RotationProperties;
import dev.alts.ca.database.DatabaseClock;
import dev.alts.identity.EntityKind;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * The planned life of authorities: a successor is prepared when most of an authority's life is
 * over, activated as soon as every agent trusts it or the deadline has passed, and the old one is
 * withdrawn when nothing of it can be valid any more. Every replica looks; a step that another has
 * taken is out of turn and does nothing.
 */
@Component
public class RotationSchedule {
  private static final Logger log = LoggerFactory.getLogger(RotationSchedule.class);
  private static final String SCHEDULE = "schedule";

  /** Longest life of a channel (handshake.md section 7), which may rest on what has expired. */
  private static final Duration CHANNEL_LIFE = Duration.ofHours(24);

  private static final Duration SKEW = Duration.ofMinutes(10);

  private final AuthorityRotation authorities;
  private final Rotations rotations;
  private final RotationProperties settings;
  private final CaSettings.Lifetimes lifetimes;
  private final DatabaseClock clock;

  RotationSchedule(
      AuthorityRotation authorities,
      Rotations rotations,
      RotationProperties settings,
      CaSettings ca,
      DatabaseClock clock) {
    this.authorities = authorities;
    this.rotations = rotations;
    this.settings = settings;
    this.lifetimes = ca.lifetimes();
    this.clock = clock;
  }

  /** Does what is due. */
  public void run() {
    if (!settings.automatic()) {
      return;
    }
    Instant now = clock.now();
    List<AuthorityStatus> all = rotations.list();
    Set<EntityKind> due =
        all.stream()
            .filter(authority -> authority.slot() == AuthoritySlot.CURRENT)
            .filter(authority -> isSuccessorDue(authority, now))
            .map(AuthorityStatus::kind)
            .collect(Collectors.toSet());
    List<AuthorityStatus> prepared =
        all.stream()
            .filter(authority -> authority.slot() == AuthoritySlot.NEXT)
            // One that a human prepared before its time waits for the human.
            .filter(authority -> due.contains(authority.kind()))
            .toList();
    // Kinds that are due together move together: that is one trust document for all of them.
    prepared.forEach(authority -> due.remove(authority.kind()));
    take(RotationStep.PREPARE, due, false);
    take(
        RotationStep.ACTIVATE,
        prepared.stream().map(AuthorityStatus::kind).collect(Collectors.toSet()),
        prepared.stream().allMatch(authority -> isLate(authority, now)));
    withdrawSpent(all, now);
  }

  private boolean isSuccessorDue(AuthorityStatus authority, Instant now) {
    return !now.isBefore(prepareAt(authority));
  }

  private Instant prepareAt(AuthorityStatus authority) {
    Duration life = Duration.between(authority.notBefore(), authority.notAfter());
    return authority.notBefore().plusMillis((long) (life.toMillis() * settings.prepareAfter()));
  }

  private boolean isLate(AuthorityStatus next, Instant now) {
    return !now.isBefore(next.preparedAt().plus(settings.deadline()));
  }

  private void take(RotationStep step, Set<EntityKind> kinds, boolean force) {
    if (kinds.isEmpty()) {
      return;
    }
    switch (rotations.take(new RotationRequest(step, kinds, force, SCHEDULE))) {
      case RotationOutcome.Done done ->
          log.info("schedule: {} {} in trust document {}", step, kinds, done.sequence());
      case RotationOutcome.Hindered hindered ->
          log.info(
              "schedule: {} {} waits for {}, first {}",
              step,
              kinds,
              hindered.obstacles().size(),
              hindered.obstacles().getFirst());
      case RotationOutcome.OutOfTurn(String explanation) ->
          log.debug("schedule: {} {}: {}", step, kinds, explanation);
    }
  }

  private void withdrawSpent(List<AuthorityStatus> all, Instant now) {
    List<UUID> spent =
        all.stream()
            .filter(authority ->
                authority.life() == AuthorityLife.RETIRED
                    || authority.life() == AuthorityLife.TAINTED)
            .filter(authority -> {
              Instant retired = authority.retiredAt();
              return retired != null && now.isAfter(retired.plus(longestUse()));
            })
            .map(AuthorityStatus::id)
            .toList();
    if (spent.isEmpty()) {
      return;
    }
    try {
      authorities.withdraw(spent, SCHEDULE);
      log.info("schedule: withdrawn, nothing of them is valid any more: {}", spent);
    } catch (IllegalStateException e) {
      log.debug("schedule: another replica withdrew first: {}", e.getMessage());
    }
  }

  /** {@return how long after its last signature something may rest on an authority} */
  private Duration longestUse() {
    Duration longest = lifetimes.machine();
    for (Duration each : List.of(lifetimes.workloadLimit(), lifetimes.human())) {
      longest = each.compareTo(longest) > 0 ? each : longest;
    }
    return longest.plus(CHANNEL_LIFE).plus(SKEW);
  }
}
