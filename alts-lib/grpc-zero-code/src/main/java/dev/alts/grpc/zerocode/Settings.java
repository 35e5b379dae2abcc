package dev.alts.grpc.zerocode;

import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the operator of a process says about it, by system property or environment variable.
 *
 * @param targets channels without any choice of their own that are taken over too
 * @param exempt what stays in clear text in every mode
 */
record Settings(Mode mode, List<TargetPattern> targets, List<TargetPattern> exempt) {
  static final String MODE = "alts.mode";
  static final String TARGETS = "alts.targets";
  static final String EXEMPT = "alts.exempt";

  Settings {
    targets = List.copyOf(targets);
    exempt = List.copyOf(exempt);
  }

  /** {@return the settings of this process; a property wins over its variable, ALTS_MODE etc.} */
  static Settings ofThisProcess() {
    return of(name ->
        System.getProperty(name, System.getenv(name.replace('.', '_').toUpperCase(Locale.ROOT))));
  }

  /**
   * @throws IllegalArgumentException with the setting's name if one cannot be read: a process whose
   *     operator meant something else must not start
   */
  static Settings of(Function<String, @Nullable String> named) {
    String mode = named.apply(MODE);
    return new Settings(
        mode == null || mode.isBlank() ? Mode.ENFORCE : Mode.parse(mode),
        patterns(TARGETS, named),
        patterns(EXEMPT, named));
  }

  boolean isExemptTarget(String target) {
    return exempt.stream().anyMatch(pattern -> pattern.isAboutTarget(target));
  }

  boolean isExemptServer(int port) {
    return exempt.stream().anyMatch(pattern -> pattern.isAboutServer(port));
  }

  boolean isWantedTarget(String target) {
    return targets.stream().anyMatch(pattern -> pattern.isAboutTarget(target));
  }

  private static List<TargetPattern> patterns(
      String name, Function<String, @Nullable String> named) {
    String list = named.apply(name);
    if (list == null || list.isBlank()) {
      return List.of();
    }
    try {
      return Stream.of(list.split(",", -1)).map(TargetPattern::parse).toList();
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(name + ": " + e.getMessage(), e);
    }
  }
}
