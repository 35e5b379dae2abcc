package dev.alts.ca.attestation;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What an operator says about a machine when it joins.
 *
 * @param boundary the physical boundary it stands in; empty: none
 * @param labels become facts {@code machine.labels.KEY}
 */
public record MachineProperties(String boundary, Map<String, String> labels) {
  private static final Pattern BOUNDARY = Pattern.compile("[A-Za-z0-9._:-]{0,64}");
  private static final Pattern LABEL_KEY = Pattern.compile("[A-Za-z0-9_-]{1,63}");
  private static final int MAX_LABELS = 32;
  private static final int MAX_VALUE = 255;

  public MachineProperties {
    if (!BOUNDARY.matcher(boundary).matches()) {
      throw new IllegalArgumentException(
          "boundary: \"%s\" (expected: at most 64 letters, digits, '.', ':', '-', '_')"
              .formatted(boundary));
    }
    if (labels.size() > MAX_LABELS) {
      throw new IllegalArgumentException(
          "labels: %d (expected: at most %d)".formatted(labels.size(), MAX_LABELS));
    }
    labels.forEach(MachineProperties::requireLabel);
    labels = Map.copyOf(new TreeMap<>(labels));
  }

  private static void requireLabel(String key, String value) {
    if (!LABEL_KEY.matcher(key).matches()) {
      throw new IllegalArgumentException(
          "label: \"%s\" (expected: a key of 1 to 63 letters, digits, '-', '_')".formatted(key));
    }
    if (value.length() > MAX_VALUE || value.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException(
          "label %s: (expected: a value of at most 255 printable characters)".formatted(key));
    }
  }
}
