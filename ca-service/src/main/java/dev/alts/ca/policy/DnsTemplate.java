package dev.alts.ca.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A DNS name with facts in braces: {@code web.{machine.labels.env}.example}.
 *
 * <p>A fact fills a whole label or part of one, never more, and must be one that the CA vouches
 * for: an agent must not choose what its processes are called. What comes out is checked as a
 * whole: lower-case letters, digits and hyphens, no wildcard, no address (RFC 5280 4.2.1.6, RFC
 * 1123 2.1).
 */
final class DnsTemplate {
  static final int MAX_NAMES = 10;
  private static final int MAX_LENGTH = 253;
  private static final Pattern LABEL =
      Pattern.compile(
          "(?<before>[a-z0-9-]*)"
              + "(?:\\{(?<fact>[a-z0-9_]+(?:\\.[A-Za-z0-9_-]+)+)}(?<after>[a-z0-9-]*))?");
  private static final Pattern FILLED = Pattern.compile("[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?");
  private static final Pattern DOT_OUTSIDE_BRACES = Pattern.compile("\\.(?![^{]*})");

  /** Literal text around the value of one fact (empty: none). */
  private record Label(String before, String fact, String after) {}

  /** What filling a template gives. */
  sealed interface Filled {
    record Name(String name) implements Filled {}

    record Unusable(String why) implements Filled {}
  }

  private final String text;
  private final List<Label> labels;

  private DnsTemplate(String text, List<Label> labels) {
    this.text = text;
    this.labels = List.copyOf(labels);
  }

  /**
   * {@return the template that {@code text} is}
   *
   * @throws IllegalArgumentException if it is none; the message says why
   */
  static DnsTemplate parse(String text) {
    if (text.isEmpty() || text.length() > MAX_LENGTH) {
      throw malformed(text);
    }
    List<Label> labels = new ArrayList<>();
    for (String part : DOT_OUTSIDE_BRACES.split(text, -1)) {
      Matcher matcher = LABEL.matcher(part);
      if (part.isEmpty() || !matcher.matches()) {
        throw malformed(text);
      }
      String fact = matcher.group("fact");
      if (fact == null) {
        requireLabel(text, part);
        labels.add(new Label(part, "", ""));
        continue;
      }
      if (!FactCatalog.isVerifiedByCa(fact)) {
        throw new IllegalArgumentException(
            "dns-names: %s in \"%s\" (expected: a fact that the CA vouches for, machine.* or"
                    .formatted(fact, text)
                + " verified.*)");
      }
      labels.add(new Label(matcher.group("before"), fact, matcher.group("after")));
    }
    Label last = labels.getLast();
    if (last.fact().isEmpty() && isNumber(last.before())) {
      throw malformed(text);
    }
    return new DnsTemplate(text, labels);
  }

  private static void requireLabel(String text, String label) {
    if (!FILLED.matcher(label).matches()) {
      throw malformed(text);
    }
  }

  private static IllegalArgumentException malformed(String text) {
    return new IllegalArgumentException(
        "dns-names: %s (expected: labels of a-z, 0-9 and '-' with at most one {fact.name} each, no"
                .formatted(Printable.of(text))
            + " wildcard, no address)");
  }

  Set<String> facts() {
    Set<String> names = new TreeSet<>();
    labels.stream().map(Label::fact).filter(fact -> !fact.isEmpty()).forEach(names::add);
    return names;
  }

  /** {@return the name with every fact in its place, or why there is none} */
  Filled fill(Function<String, Optional<String>> facts) {
    List<String> filled = new ArrayList<>();
    for (Label label : labels) {
      String value = "";
      if (!label.fact().isEmpty()) {
        Optional<String> found = facts.apply(label.fact());
        if (found.isEmpty()) {
          return new Filled.Unusable("dns-names: needs %s, missing".formatted(label.fact()));
        }
        value = found.get();
      }
      String whole = label.before() + value + label.after();
      if (!FILLED.matcher(whole).matches()) {
        return new Filled.Unusable(
            "dns-names: with %s a label would be %s, which is none"
                .formatted(label.fact(), Printable.of(whole)));
      }
      filled.add(whole);
    }
    String name = String.join(".", filled);
    return name.length() > MAX_LENGTH || isNumber(filled.getLast())
        ? new Filled.Unusable("dns-names: %s would be none".formatted(Printable.of(name)))
        : new Filled.Name(name);
  }

  /** A name that ends in a number is an address, or read as one. */
  private static boolean isNumber(String label) {
    return label.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  @Override
  public String toString() {
    return text;
  }
}
