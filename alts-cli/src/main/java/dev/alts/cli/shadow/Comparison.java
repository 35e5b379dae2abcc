package dev.alts.cli.shadow;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Both answers for one process.
 *
 * @param lines an identity each, in the order of their names
 * @param unknown identities that SPIRE gives or not: what it depends on is not known
 */
public record Comparison(List<Line> lines, List<Unknown> unknown) {
  /** Certificates are dated back a little, and not by everybody alike. */
  private static final long TTL_TOLERANCE = 60;

  public Comparison {
    lines = List.copyOf(lines);
    unknown = List.copyOf(unknown);
  }

  /** How the answers compare. */
  public enum Verdict {
    SAME("same"),
    DIFFERENT("differs"),
    ONLY_SPIRE("only SPIRE"),
    ONLY_ALTS("only ALTS"),
    UNKNOWN("unknown");

    private final String text;

    Verdict(String text) {
      this.text = text;
    }

    /** {@return it in words} */
    public String text() {
      return text;
    }
  }

  /** An identity, and what is not the same about it. */
  public record Line(String spiffeId, Verdict verdict, List<String> differences) {
    public Line {
      differences = List.copyOf(differences);
    }
  }

  /** An identity that SPIRE gives or not, and why that is not known. */
  public record Unknown(String spiffeId, String why) {}

  /**
   * {@return the comparison}
   *
   * @param spire the default first
   * @param alts the default first
   * @param unknown of SPIRE's side
   */
  public static Comparison of(List<Identity> spire, List<Identity> alts, List<Unknown> unknown) {
    Map<String, Identity> theirs = byName(spire);
    Map<String, Identity> ours = byName(alts);
    Set<String> open = new TreeSet<>();
    unknown.stream()
        .map(Unknown::spiffeId)
        .filter(id -> !theirs.containsKey(id))
        .forEach(open::add);
    Set<String> names = new TreeSet<>(theirs.keySet());
    names.addAll(ours.keySet());
    List<Line> lines = new ArrayList<>();
    for (String name : names) {
      Identity their = theirs.get(name);
      Identity our = ours.get(name);
      if (their == null && open.contains(name)) {
        continue;
      }
      if (their == null || our == null) {
        lines.add(new Line(name, our == null ? Verdict.ONLY_SPIRE : Verdict.ONLY_ALTS, List.of()));
        continue;
      }
      List<String> differences = differences(their, our);
      if (isDefault(spire, name) != isDefault(alts, name)) {
        differences.add(
            "the default is SPIRE's %s, ours %s"
                .formatted(spire.getFirst().spiffeId(), alts.getFirst().spiffeId()));
      }
      lines.add(
          new Line(name, differences.isEmpty() ? Verdict.SAME : Verdict.DIFFERENT, differences));
    }
    return new Comparison(
        lines, unknown.stream().filter(one -> open.contains(one.spiffeId())).toList());
  }

  /** {@return in one word: what is worst, an identity that somebody would lack before all} */
  public Verdict verdict() {
    for (Verdict verdict : List.of(Verdict.ONLY_SPIRE, Verdict.ONLY_ALTS, Verdict.DIFFERENT)) {
      if (lines.stream().anyMatch(line -> line.verdict() == verdict)) {
        return verdict;
      }
    }
    return unknown.isEmpty() ? Verdict.SAME : Verdict.UNKNOWN;
  }

  private static boolean isDefault(List<Identity> side, String name) {
    return side.getFirst().spiffeId().equals(name);
  }

  /** One identity may come several times, by several entries; the first counts. */
  private static Map<String, Identity> byName(List<Identity> side) {
    Map<String, Identity> byName = new LinkedHashMap<>();
    side.forEach(identity -> byName.putIfAbsent(identity.spiffeId(), identity));
    return byName;
  }

  private static List<String> differences(Identity theirs, Identity ours) {
    List<String> differences = new ArrayList<>();
    if (Math.abs(theirs.ttl() - ours.ttl()) > Math.max(TTL_TOLERANCE, theirs.ttl() / 20)) {
      differences.add("ttl %d s, ours %d s".formatted(theirs.ttl(), ours.ttl()));
    }
    if (!theirs.hint().equals(ours.hint())) {
      differences.add("hint \"%s\", ours \"%s\"".formatted(theirs.hint(), ours.hint()));
    }
    if (!theirs.dnsNames().equals(ours.dnsNames())) {
      differences.add("DNS names %s, ours %s".formatted(theirs.dnsNames(), ours.dnsNames()));
    }
    return differences;
  }
}
