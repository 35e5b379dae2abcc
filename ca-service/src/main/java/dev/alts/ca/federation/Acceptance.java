package dev.alts.ca.federation;

import dev.alts.identity.EntityKind;
import dev.alts.identity.SpiffeId;
import dev.alts.identity.document.AuthorityConstraint;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * What we accept of a foreign trust domain, and who of us is told of it. Its own documents can only
 * narrow it.
 *
 * @param kinds that its identities may have in ALTS; never empty
 * @param paths prefixes of the paths of its identities; none: every path
 * @param givenTo prefixes of the paths of our identities that are told of it; none: all
 * @param maxAge after so long without a successful fetch nothing of it is trusted
 */
public record Acceptance(
    Set<EntityKind> kinds, List<String> paths, List<String> givenTo, Duration maxAge) {
  private static final int MAX_PATHS = 64;
  private static final Duration MIN_AGE = Duration.ofMinutes(1);
  private static final Duration LONGEST = Duration.ofDays(90);

  public Acceptance {
    kinds = Set.copyOf(kinds);
    paths = List.copyOf(paths);
    givenTo = List.copyOf(givenTo);
    if (kinds.isEmpty()) {
      throw new IllegalArgumentException("kinds: none (expected: workload, machine, human)");
    }
    requirePaths("paths", paths);
    requirePaths("givenTo", givenTo);
    if (maxAge.compareTo(MIN_AGE) < 0 || maxAge.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          "maxAge: %s (expected: %s to %s)".formatted(maxAge, MIN_AGE, LONGEST));
    }
  }

  /** {@return what agents and the library check} */
  AuthorityConstraint constraint() {
    return new AuthorityConstraint(kinds, paths, List.of());
  }

  private static void requirePaths(String name, List<String> paths) {
    if (paths.size() > MAX_PATHS) {
      throw new IllegalArgumentException(
          "%s: %d (expected: at most %d)".formatted(name, paths.size(), MAX_PATHS));
    }
    paths.forEach(SpiffeId::requirePath);
  }
}
