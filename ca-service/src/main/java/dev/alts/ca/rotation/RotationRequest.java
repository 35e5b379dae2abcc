package dev.alts.ca.rotation;

import dev.alts.identity.EntityKind;
import java.util.Set;

/**
 * A step for the authorities of these kinds.
 *
 * @param force whether it is done even if somebody is left behind
 * @param requestedBy for the audit log
 */
public record RotationRequest(
    RotationStep step, Set<EntityKind> kinds, boolean force, String requestedBy) {
  public RotationRequest {
    kinds = Set.copyOf(kinds);
    if (kinds.isEmpty()) {
      throw new IllegalArgumentException("kinds: none (expected: at least one)");
    }
  }
}
