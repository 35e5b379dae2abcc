package dev.alts.cli.spire.rules;

import java.util.Comparator;
import java.util.regex.Pattern;

/**
 * One thing that an entry asks of a machine or process: that a fact has a value, or that a list
 * contains it.
 *
 * @param ordinal which of several values that a list has to contain, else 0
 */
record Dimension(String fact, Kind kind, int ordinal) implements Comparable<Dimension> {
  /** How the fact is compared. */
  enum Kind {
    TEXT,
    NUMBER,
    NUMBER_IN_LIST
  }

  /** Facts that can stand in a template: the label of a pod may have a key that cannot. */
  private static final Pattern TEMPLATE = Pattern.compile("[a-z0-9_]+(?:\\.[A-Za-z0-9_-]+){1,3}");

  private static final Comparator<Dimension> ORDER =
      Comparator.comparing((Dimension dimension) -> !dimension.isOfMachine())
          .thenComparing(Dimension::fact)
          .thenComparingInt(Dimension::ordinal);

  static Dimension text(String fact) {
    return new Dimension(fact, Kind.TEXT, 0);
  }

  /** {@return whether the CA vouches for it whatever an agent says} */
  boolean isOfMachine() {
    return fact.startsWith("machine.");
  }

  /** {@return whether a path can repeat its value} */
  boolean fitsTemplate() {
    return kind != Kind.NUMBER_IN_LIST && TEMPLATE.matcher(fact).matches();
  }

  @Override
  public int compareTo(Dimension other) {
    return ORDER.compare(this, other);
  }
}
