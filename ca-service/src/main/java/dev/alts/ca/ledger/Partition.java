package dev.alts.ca.ledger;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A partition of whole days, which its name tells.
 *
 * @param from first day in it
 * @param until first day behind it
 */
record Partition(String parent, LocalDate from, LocalDate until) {
  private static final DateTimeFormatter DAY = DateTimeFormatter.BASIC_ISO_DATE;
  private static final Pattern NAME = Pattern.compile("([a-z_]+)_p([0-9]{8})_([0-9]{8})");

  static Optional<Partition> ofName(String name) {
    Matcher matcher = NAME.matcher(name);
    return matcher.matches()
        ? Optional.of(
            new Partition(
                matcher.group(1),
                LocalDate.parse(matcher.group(2), DAY),
                LocalDate.parse(matcher.group(3), DAY)))
        : Optional.empty();
  }

  String name() {
    return "%s_p%s_%s".formatted(parent, DAY.format(from), DAY.format(until));
  }

  Instant start() {
    return from.atStartOfDay(ZoneOffset.UTC).toInstant();
  }

  Instant end() {
    return until.atStartOfDay(ZoneOffset.UTC).toInstant();
  }
}
