package dev.alts.credentials;

import java.time.Duration;
import java.time.Instant;

/**
 * How long one user of a source waits for the first snapshot. Users of a shared source may differ.
 *
 * @param longest what was asked for, for messages
 * @param end when that is over
 */
record Patience(Duration longest, Instant end) {
  static Patience of(AgentCredentialSource.Settings settings) {
    return new Patience(
        settings.firstSnapshotTimeout(),
        settings.clock().instant().plus(settings.firstSnapshotTimeout()));
  }
}
