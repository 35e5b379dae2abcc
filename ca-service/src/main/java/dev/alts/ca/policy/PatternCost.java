package dev.alts.ca.policy;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How large a regular expression becomes when its counted repetitions are written out.
 *
 * <p>The runtime bounds the program that it makes of one, but only after it has made it: {@code
 * (a{1,1000}){1,1000}} exhausts the stack on the way. So this is asked first. What is above the
 * bound is above the runtime's as well.
 */
final class PatternCost {
  private static final int MOST = 1000;
  private static final int DEEPEST = 100;
  private static final Pattern COUNTED = Pattern.compile("\\{(\\d{1,9})(?:(,)(\\d{0,9}))?}");

  private PatternCost() {}

  /** What one group comes to so far. */
  private static final class Group {
    private long total;
    private long last;

    void add(long cost) {
      last = cost;
      total = Math.min(total + cost, Integer.MAX_VALUE);
    }

    void repeat(long times) {
      total -= last;
      add(Math.min(last * Math.max(times, 1), Integer.MAX_VALUE));
    }
  }

  /**
   * Passes or says what is wrong.
   *
   * @throws IllegalArgumentException if it is too large or too deep
   */
  static void requireBounded(String pattern) {
    Deque<Group> groups = new ArrayDeque<>();
    groups.push(new Group());
    Matcher counted = COUNTED.matcher(pattern);
    int i = 0;
    while (i < pattern.length()) {
      char c = pattern.charAt(i);
      Group group = groups.element();
      if (c == '{' && counted.region(i, pattern.length()).lookingAt()) {
        group.repeat(times(counted));
        i = counted.end();
        requireBounded(groups.size(), group.total);
        continue;
      }
      switch (c) {
        case '\\' -> {
          group.add(1);
          i++;
        }
        case '[' -> {
          group.add(1);
          i = endOfClass(pattern, i);
        }
        case '(' -> groups.push(new Group());
        case ')' -> {
          if (groups.size() > 1) {
            groups.pop();
            groups.element().add(Math.max(1, group.total));
          }
        }
        default -> group.add(1);
      }
      requireBounded(groups.size(), groups.element().total);
      i++;
    }
  }

  private static void requireBounded(int depth, long total) {
    if (depth > DEEPEST || total > MOST) {
      throw new IllegalArgumentException(
          "when: the pattern of matches() is too large (expected: at most %d characters and %d"
                  .formatted(MOST, DEEPEST)
              + " groups deep, with repetitions written out)");
    }
  }

  private static long times(Matcher counted) {
    String most = counted.group(3);
    String number = most == null || most.isEmpty() ? counted.group(1) : most;
    return Long.parseLong(number);
  }

  /** A bracket that comes first is a member of the class, not its end. */
  private static int endOfClass(String pattern, int start) {
    int i = start + 1;
    if (i < pattern.length() && pattern.charAt(i) == '^') {
      i++;
    }
    if (i < pattern.length() && pattern.charAt(i) == ']') {
      i++;
    }
    while (i < pattern.length() && pattern.charAt(i) != ']') {
      i += pattern.charAt(i) == '\\' ? 2 : 1;
    }
    return Math.min(i, pattern.length());
  }
}
