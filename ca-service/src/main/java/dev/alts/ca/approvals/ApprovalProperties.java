package dev.alts.ca.approvals;

import dev.alts.ca.configuration.StartRefusedException;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Which acts take two admins. In the CA's configuration and not in its interface: there a single
 * admin could switch it off.
 *
 * @param kinds {@code taint}, {@code revoke}, {@code ban}, {@code rule-delete}, {@code role-grant};
 *     none by default
 * @param validity how long an act waits, 1 minute to 30 days
 */
@ConfigurationProperties("alts.ca.four-eyes")
public record ApprovalProperties(
    @DefaultValue List<String> kinds, @DefaultValue("24h") Duration validity) {
  private static final Duration SHORTEST = Duration.ofMinutes(1);
  private static final Duration LONGEST = Duration.ofDays(30);

  public ApprovalProperties {
    kinds = List.copyOf(kinds);
    for (String kind : kinds) {
      if (ActKind.parse(kind).isEmpty()) {
        throw new StartRefusedException(
            "alts.ca.four-eyes.kinds has \"%s\".".formatted(kind),
            "Choose among %s."
                .formatted(
                    Arrays.stream(ActKind.values())
                        .map(ActKind::text)
                        .collect(Collectors.joining(", "))));
      }
    }
    if (validity.compareTo(SHORTEST) < 0 || validity.compareTo(LONGEST) > 0) {
      throw new StartRefusedException(
          "alts.ca.four-eyes.validity is %s.".formatted(validity), "Choose 1m to 30d.");
    }
  }

  Set<ActKind> parsed() {
    EnumSet<ActKind> parsed = EnumSet.noneOf(ActKind.class);
    kinds.forEach(kind -> ActKind.parse(kind).ifPresent(parsed::add));
    return parsed;
  }
}
