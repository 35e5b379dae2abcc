package dev.alts.cli.spire;

import java.util.Comparator;

/** What SPIRE says about a process or a machine: {@code unix:uid:1000} is (unix, uid:1000). */
public record Selector(String type, String value) implements Comparable<Selector> {
  private static final Comparator<Selector> ORDER =
      Comparator.comparing(Selector::type).thenComparing(Selector::value);

  @Override
  public int compareTo(Selector other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return type + ":" + value;
  }
}
