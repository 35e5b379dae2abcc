package dev.alts.cli.spire.rules;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.function.BiConsumer;

/**
 * One way to an identity: whoever meets all that is asked of machine and process gets {@code path}.
 * An entry has as many as there are ways to its parent; they share what they have in common.
 */
record Grant(
    String entry,
    String path,
    Terms terms,
    SortedMap<Dimension, String> ofMachine,
    SortedMap<Dimension, String> ofProcess) {
  /**
   * What comes with the identity.
   *
   * @param ttl seconds
   */
  record Terms(int ttl, String hint, List<String> dnsNames) {
    Terms {
      dnsNames = List.copyOf(dnsNames);
    }
  }

  /** Grants that one rule may be made of. */
  record Shape(List<Dimension> dimensions, int segments, Terms terms) {}

  Shape shape() {
    List<Dimension> dimensions = new ArrayList<>();
    forEach((dimension, value) -> dimensions.add(dimension));
    return new Shape(List.copyOf(dimensions), segments().size(), terms);
  }

  /** Visits what is asked, in the order of the dimensions. */
  void forEach(BiConsumer<Dimension, String> asked) {
    ofMachine.forEach(asked);
    ofProcess.forEach(asked);
  }

  /** {@return the values that are asked for of {@code dimensions}} */
  List<String> point(List<Dimension> dimensions) {
    return dimensions.stream()
        .map(dimension -> (dimension.isOfMachine() ? ofMachine : ofProcess).get(dimension))
        .toList();
  }

  /** {@return the segments of the path} */
  List<String> segments() {
    return List.of(path.substring(1).split("/", -1));
  }
}
