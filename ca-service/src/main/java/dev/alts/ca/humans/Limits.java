package dev.alts.ca.humans;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * To which part of the domain a role is limited. Both limits hold at once.
 *
 * @param pathPrefix whole segments of paths of SPIFFE IDs, such as {@code /prod/web}, without a
 *     slash at the end; empty: no limit. Compared letter by letter, as SPIFFE IDs are (abuse-39)
 * @param machineLabels what a machine must have; empty: no limit
 */
public record Limits(String pathPrefix, Map<String, String> machineLabels) {
  private static final Pattern PREFIX =
      Pattern.compile("(/(?!\\.{1,2}(/|$))[A-Za-z0-9._-]{1,255}){0,32}");
  private static final Pattern LABEL_KEY = Pattern.compile("[A-Za-z0-9_-]{1,63}");
  private static final int MAX_PREFIX = 1024;
  private static final int MAX_LABELS = 32;
  private static final int MAX_VALUE = 255;
  public static final Limits NONE = new Limits("", Map.of());

  public Limits {
    if (pathPrefix.length() > MAX_PREFIX || !PREFIX.matcher(pathPrefix).matches()) {
      throw new IllegalArgumentException(
          "pathPrefix: expected whole segments of a SPIFFE ID's path, such as /prod/web, without a"
              + " slash at the end");
    }
    if (machineLabels.size() > MAX_LABELS) {
      throw new IllegalArgumentException("machineLabels: expected at most " + MAX_LABELS);
    }
    machineLabels.forEach((key, value) -> {
      if (!LABEL_KEY.matcher(key).matches()
          || value.length() > MAX_VALUE
          || value.chars().anyMatch(Character::isISOControl)) {
        throw new IllegalArgumentException(
            "machineLabels: expected keys of 1 to 63 letters, digits, '-', '_' and values of at most"
                + " 255 printable characters");
      }
    });
    machineLabels = Map.copyOf(machineLabels);
  }

  public boolean isNone() {
    return pathPrefix.isEmpty() && machineLabels.isEmpty();
  }

  /** {@return whether nothing is within these limits that is not within {@code wider}} */
  public boolean isWithin(Limits wider) {
    return covers(wider.pathPrefix, pathPrefix)
        && machineLabels.entrySet().containsAll(wider.machineLabels.entrySet());
  }

  /** {@return whether {@code object} is within these limits} What is not known of it is not. */
  public boolean cover(Touched object) {
    return (pathPrefix.isEmpty()
            || object.path().filter(path -> covers(pathPrefix, path)).isPresent())
        && (machineLabels.isEmpty()
            || object
                .machineLabels()
                .filter(labels -> labels.entrySet().containsAll(machineLabels.entrySet()))
                .isPresent());
  }

  private static boolean covers(String prefix, String path) {
    return prefix.isEmpty() || path.equals(prefix) || path.startsWith(prefix + "/");
  }

  /** {@return for people: {@code paths below /prod, machines with env=prod}, or nothing} */
  @Override
  public String toString() {
    List<String> parts = new ArrayList<>();
    if (!pathPrefix.isEmpty()) {
      parts.add("paths below " + pathPrefix);
    }
    new TreeMap<>(machineLabels)
        .forEach((key, value) -> parts.add("machines with %s=%s".formatted(key, value)));
    return String.join(", ", parts);
  }
}
