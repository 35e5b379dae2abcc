package dev.alts.cli.spire.rules;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Covers combinations of values by few boxes that contain these combinations and no other.
 *
 * <p>A dimension that varies by itself is a side of all boxes. Where none does, one dimension's
 * values are put together that go with the same combinations of the rest, and each such rest is
 * covered in turn. So it ends with a box for every combination at worst.
 */
final class Boxes {
  private Boxes() {}

  /**
   * {@return boxes that hold exactly {@code points}}
   *
   * @param points values in the order of {@code dimensions}
   */
  static List<Box> covering(List<Dimension> dimensions, Collection<List<String>> points) {
    return points.isEmpty() ? List.of() : cover(dimensions, new HashSet<>(points));
  }

  private static List<Box> cover(List<Dimension> dimensions, Set<List<String>> points) {
    for (int i = 0; i < dimensions.size(); i++) {
      SortedSet<String> side = side(points, i);
      Set<List<String>> rest = without(points, i);
      if ((long) side.size() * rest.size() == points.size()) {
        Dimension dimension = dimensions.get(i);
        return dimensions.size() == 1
            ? List.of(new Box(new TreeMap<>(Map.of(dimension, side))))
            : cover(without(dimensions, i), rest).stream()
                .map(box -> box.with(dimension, side))
                .toList();
      }
    }
    return split(dimensions, points);
  }

  private static List<Box> split(List<Dimension> dimensions, Set<List<String>> points) {
    int best = 0;
    SortedMap<String, Group> fewest = new TreeMap<>();
    for (int i = 0; i < dimensions.size(); i++) {
      SortedMap<String, Group> groups = groups(points, i);
      if (fewest.isEmpty() || groups.size() < fewest.size()) {
        best = i;
        fewest = groups;
      }
    }
    List<Box> boxes = new ArrayList<>();
    for (Group group : fewest.values()) {
      for (Box box : cover(without(dimensions, best), group.rest())) {
        boxes.add(box.with(dimensions.get(best), group.values()));
      }
    }
    return boxes;
  }

  private record Group(SortedSet<String> values, Set<List<String>> rest) {}

  /** Values that go with the same rests, by the first of them. */
  private static SortedMap<String, Group> groups(Set<List<String>> points, int index) {
    Map<String, Set<List<String>>> rests = new HashMap<>();
    for (List<String> point : points) {
      rests.computeIfAbsent(point.get(index), v -> new HashSet<>()).add(without(point, index));
    }
    Map<Set<List<String>>, SortedSet<String>> alike = new HashMap<>();
    rests.forEach((value, rest) -> alike.computeIfAbsent(rest, r -> new TreeSet<>()).add(value));
    SortedMap<String, Group> groups = new TreeMap<>();
    alike.forEach((rest, values) -> groups.put(values.first(), new Group(values, rest)));
    return groups;
  }

  private static SortedSet<String> side(Set<List<String>> points, int index) {
    SortedSet<String> side = new TreeSet<>();
    points.forEach(point -> side.add(point.get(index)));
    return side;
  }

  private static Set<List<String>> without(Set<List<String>> points, int index) {
    Set<List<String>> rest = new HashSet<>();
    points.forEach(point -> rest.add(without(point, index)));
    return rest;
  }

  private static <T> List<T> without(List<T> list, int index) {
    List<T> rest = new ArrayList<>(list);
    rest.remove(index);
    return List.copyOf(rest);
  }
}
