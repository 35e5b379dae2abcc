package dev.alts.ca.rotation;

/**
 * Who would be left behind by a step, and why.
 *
 * @param holder a machine's name, a SPIFFE ID, or what else is waited for
 */
public record Obstacle(String holder, String reason) {
  @Override
  public String toString() {
    return "%s (%s)".formatted(holder, reason);
  }
}
