package dev.alts.identity.document;

import dev.alts.identity.EntityKind;
import dev.alts.identity.SpiffeId;
import java.util.List;
import java.util.Set;

/**
 * What an issuing authority may vouch for. An empty set or list constrains nothing.
 *
 * @param pathPrefixes whole path segments, with a leading slash and no trailing one; the empty
 *     prefix matches every path
 * @param boundaries an empty boundary satisfies the constraint only if the empty string is listed
 */
public record AuthorityConstraint(
    Set<EntityKind> kinds, List<String> pathPrefixes, List<String> boundaries) {
  public AuthorityConstraint {
    kinds = Set.copyOf(kinds);
    pathPrefixes = List.copyOf(pathPrefixes);
    boundaries = List.copyOf(boundaries);
    for (String prefix : pathPrefixes) {
      SpiffeId.requirePath(prefix);
    }
  }

  /** {@return the constraint that constrains nothing} */
  public static AuthorityConstraint none() {
    return new AuthorityConstraint(Set.of(), List.of(), List.of());
  }

  public static AuthorityConstraint ofKinds(EntityKind... kinds) {
    return new AuthorityConstraint(Set.of(kinds), List.of(), List.of());
  }

  /**
   * {@return the constraint on the wire}
   *
   * @throws IllegalArgumentException if a kind is unknown or a prefix is no path
   */
  public static AuthorityConstraint fromWire(dev.alts.wire.handshake.v1.AuthorityConstraint wire) {
    return TrustDocumentCodec.constraint(wire);
  }

  public dev.alts.wire.handshake.v1.AuthorityConstraint toWire() {
    return TrustDocumentCodec.toWire(this);
  }

  public boolean permitsKind(EntityKind kind) {
    return kinds.isEmpty() || kinds.contains(kind);
  }

  public boolean permitsPath(SpiffeId id) {
    return pathPrefixes.isEmpty() || pathPrefixes.stream().anyMatch(id::hasPathPrefix);
  }

  public boolean permitsBoundary(String boundary) {
    return boundaries.isEmpty() || boundaries.contains(boundary);
  }
}
