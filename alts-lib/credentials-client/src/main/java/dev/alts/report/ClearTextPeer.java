package dev.alts.report;

import java.time.Instant;

/**
 * A peer that is spoken to in clear text.
 *
 * @param name address of a client, target of a server
 */
public record ClearTextPeer(
    Direction direction, String name, long connections, Instant first, Instant last) {
  ClearTextPeer seen(Instant now) {
    return new ClearTextPeer(direction, name, connections + 1, first, now);
  }
}
