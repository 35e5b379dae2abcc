package dev.alts.cli.command;

import dev.alts.cli.ca.CommandFailedException;
import dev.alts.cli.spire.rules.ImportOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What a user may say about the meaning of SPIRE's entries, to every command that reads them. */
final class SpireChoices {
  private static final Pattern TTL =
      Pattern.compile("(?:(\\d{1,4})h)?(?:(\\d{1,5})m)?(?:(\\d{1,7})s)?");

  @Option(
      names = "--trust-domain",
      paramLabel = "NAME",
      description = "SPIRE's; else the one of most entries.")
  private @Nullable String trustDomain;

  @Option(
      names = "--machines",
      paramLabel = "FILE",
      description = "YAML: agent ID in SPIRE -> name of the machine here.")
  private @Nullable Path machines;

  @Option(
      names = "--label",
      paramLabel = "SELECTOR=KEY",
      description = "The machine label that means a selector, such as k8s_psat:cluster=cluster.")
  private @Nullable Map<String, String> labels;

  @Option(
      names = "--fact",
      paramLabel = "SELECTOR=FACT",
      description = "The fact that means a selector, such as docker:label:app=FACT.")
  private @Nullable Map<String, String> facts;

  @Option(
      names = "--default-ttl",
      paramLabel = "TIME",
      defaultValue = "1h",
      description = "SPIRE's default_x509_svid_ttl (${DEFAULT-VALUE}).")
  private String defaultTtl = "1h";

  @Option(
      names = "--max-ttl",
      paramLabel = "TIME",
      defaultValue = "24h",
      description = "The longest that the CA takes (${DEFAULT-VALUE}).")
  private String maxTtl = "24h";

  @Option(
      names = "--admin-identities",
      description = "Import entries of admins too, as ordinary ones.")
  private boolean adminIdentities;

  ImportOptions options(boolean open) {
    return new ImportOptions(
        Objects.requireNonNullElse(trustDomain, ""),
        open,
        seconds("--default-ttl", defaultTtl),
        seconds("--max-ttl", maxTtl),
        adminIdentities,
        Objects.requireNonNullElse(facts, Map.of()),
        Objects.requireNonNullElse(labels, Map.of()),
        SpireFiles.machines(machines));
  }

  /** {@return a time as options and rules have it, in seconds} */
  static int seconds(String option, String text) {
    Matcher matcher = TTL.matcher(text);
    if (text.isEmpty() || !matcher.matches()) {
      throw CommandFailedException.usage(
          "%s: \"%s\" (expected: such as 1h, 90m or 1h30m)".formatted(option, text), null);
    }
    Duration time =
        Duration.ofHours(number(matcher, 1))
            .plusMinutes(number(matcher, 2))
            .plusSeconds(number(matcher, 3));
    return Math.toIntExact(time.toSeconds());
  }

  private static long number(Matcher matcher, int group) {
    String digits = matcher.group(group);
    return digits == null ? 0 : Long.parseLong(digits);
  }
}
