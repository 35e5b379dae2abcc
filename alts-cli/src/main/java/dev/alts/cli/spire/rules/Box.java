package dev.alts.cli.spire.rules;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Every combination of the values on its sides. */
record Box(SortedMap<Dimension, SortedSet<String>> sides) {
  Box {
    sides = Collections.unmodifiableSortedMap(new TreeMap<>(sides));
  }

  Box with(Dimension dimension, SortedSet<String> values) {
    TreeMap<Dimension, SortedSet<String>> more = new TreeMap<>(sides);
    more.put(dimension, values);
    return new Box(more);
  }

  /** {@return the first combination, in the order of {@code dimensions}} */
  List<String> first(List<Dimension> dimensions) {
    List<String> first = new ArrayList<>();
    for (Dimension dimension : dimensions) {
      SortedSet<String> side = sides.get(dimension);
      if (side == null) {
        throw new IllegalArgumentException("no side " + dimension);
      }
      first.add(side.first());
    }
    return first;
  }

  /** {@return two boxes that together are this one, or this one alone if it is a single point} */
  List<Box> halves() {
    Map.Entry<Dimension, SortedSet<String>> longest =
        sides.entrySet().stream()
            .max(Map.Entry.comparingByValue((a, b) -> Integer.compare(a.size(), b.size())))
            .orElseThrow();
    if (longest.getValue().size() < 2) {
      return List.of(this);
    }
    List<String> values = new ArrayList<>(longest.getValue());
    int middle = values.size() / 2;
    return List.of(
        with(longest.getKey(), new TreeSet<>(values.subList(0, middle))),
        with(longest.getKey(), new TreeSet<>(values.subList(middle, values.size()))));
  }
}
