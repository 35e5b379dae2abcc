package dev.alts.cli.spire;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/**
 * A registration entry: who has all {@code selectors} on a machine where {@code parentId} is
 * authorised gets {@code spiffeId}.
 *
 * @param selectors sorted, each once
 * @param x509SvidTtl seconds, 0: the server's default
 * @param jwtSvidTtl seconds, 0: the server's default
 * @param expiresAt seconds since 1970, 0: never
 * @param createdAt seconds since 1970
 */
public record SpireEntry(
    String id,
    SpireId spiffeId,
    SpireId parentId,
    List<Selector> selectors,
    int x509SvidTtl,
    int jwtSvidTtl,
    List<String> federatesWith,
    String hint,
    List<String> dnsNames,
    boolean admin,
    boolean downstream,
    boolean storeSvid,
    long expiresAt,
    long createdAt) {
  public SpireEntry {
    selectors = sorted(selectors);
    federatesWith = List.copyOf(federatesWith);
    dnsNames = List.copyOf(dnsNames);
  }

  /** {@return whether it stands for machines and gives nothing to processes} */
  public boolean isNodeAlias() {
    return parentId.isServer();
  }

  /** {@return whether the server has forgotten it, or is about to} */
  public boolean isExpired(Instant now) {
    return expiresAt != 0 && expiresAt <= now.getEpochSecond();
  }

  private static List<Selector> sorted(Collection<Selector> selectors) {
    return List.copyOf(new TreeSet<>(selectors));
  }
}
