package dev.alts.ca.policy;

import dev.alts.identity.SpiffeId;
import dev.alts.identity.TrustDomain;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Path of a SPIFFE ID with facts in braces: {@code /demo/{machine.labels.env}/web}.
 *
 * <p>A fact fills a whole segment or part of one, never more: its value must itself be text that a
 * segment may hold, so no value can add a segment, climb out of one or empty one. A segment has at
 * most one fact: in {@code {a}-{b}} the pairs ("x-y", "z") and ("x", "y-z") would be the same
 * identity. First segments {@code ca}, {@code machine} and {@code human} are reserved.
 */
public final class PathTemplate {
  private static final Set<String> RESERVED = Set.of("ca", "machine", "human");
  private static final Pattern SEGMENT =
      Pattern.compile(
          "(?<before>[A-Za-z0-9._-]*)"
              + "(?:\\{(?<fact>[a-z0-9_]+(?:\\.[A-Za-z0-9_-]+)+)}(?<after>[A-Za-z0-9._-]*))?");
  private static final Pattern VALUE = Pattern.compile("[A-Za-z0-9._-]+");
  private static final int MAX_LENGTH = 1024;

  /** Literal text, or literal text around the value of one fact (empty: none). */
  private record Segment(String before, String fact, String after) {}

  /** What filling a template gives. */
  sealed interface Filled {
    record Path(SpiffeId id) implements Filled {}

    record Unusable(String why) implements Filled {}
  }

  private final String text;
  private final List<Segment> segments;

  private PathTemplate(String text, List<Segment> segments) {
    this.text = text;
    this.segments = List.copyOf(segments);
  }

  /**
   * {@return the template that {@code text} is}
   *
   * @throws IllegalArgumentException if it is none; the message says why
   */
  public static PathTemplate parse(String text) {
    if (!text.startsWith("/") || text.length() > MAX_LENGTH) {
      throw new IllegalArgumentException(
          "identity: \"%s\" (expected: a path template that starts with '/')".formatted(text));
    }
    List<Segment> segments = new ArrayList<>();
    for (String part : text.substring(1).split("/", -1)) {
      segments.add(parseSegment(text, part));
    }
    Segment first = segments.getFirst();
    if (first.fact().isEmpty() && RESERVED.contains(first.before())) {
      throw new IllegalArgumentException(
          "identity: \"%s\" (expected: a first segment other than ca, machine, human)"
              .formatted(text));
    }
    return new PathTemplate(text, segments);
  }

  private static Segment parseSegment(String text, String part) {
    Matcher matcher = SEGMENT.matcher(part);
    if (part.isEmpty() || part.equals(".") || part.equals("..") || !matcher.matches()) {
      throw new IllegalArgumentException(
          "identity: \"%s\" (expected: segments of letters, digits, '.', '-', '_' and at most one"
                  .formatted(text)
              + " {fact.name} each)");
    }
    String fact = matcher.group("fact");
    return fact == null
        ? new Segment(part, "", "")
        : new Segment(matcher.group("before"), fact, matcher.group("after"));
  }

  /** {@return the names of the facts that the template reads} */
  public Set<String> facts() {
    Set<String> names = new TreeSet<>();
    for (Segment segment : segments) {
      if (!segment.fact().isEmpty()) {
        names.add(segment.fact());
      }
    }
    return names;
  }

  /** {@return the ID with every fact in its place, or why there is none} */
  Filled fill(TrustDomain domain, Function<String, Optional<String>> facts) {
    StringBuilder path = new StringBuilder();
    for (Segment segment : segments) {
      String value = "";
      if (!segment.fact().isEmpty()) {
        Optional<String> found = facts.apply(segment.fact());
        if (found.isEmpty()) {
          return new Filled.Unusable("the identity needs %s, missing".formatted(segment.fact()));
        }
        value = found.get();
        if (!VALUE.matcher(value).matches()) {
          return new Filled.Unusable(
              "the value of %s may not stand in a path segment: %s"
                  .formatted(segment.fact(), Printable.of(value)));
        }
      }
      path.append('/').append(segment.before()).append(value).append(segment.after());
    }
    return checked(domain, path.toString());
  }

  /** What of an identity is settled when everything that agents state is free. */
  sealed interface Outline {
    /** A SPIFFE ID with the free facts in braces. */
    record Open(String pattern, Set<String> free) implements Outline {}

    record Unusable(String why) implements Outline {}
  }

  /** {@return the ID with the facts that the CA vouches for in their places} */
  Outline outline(TrustDomain domain, Function<String, Optional<String>> vouched) {
    Set<String> free = new TreeSet<>();
    StringBuilder path = new StringBuilder();
    for (Segment segment : segments) {
      String value = "";
      if (FactCatalog.isChosenByAgent(segment.fact())) {
        free.add(segment.fact());
        value = "{" + segment.fact() + "}";
      } else if (!segment.fact().isEmpty()) {
        value = vouched.apply(segment.fact()).orElse("");
      }
      path.append('/').append(segment.before()).append(value).append(segment.after());
    }
    // Any value that a segment may hold will do for the free ones.
    return switch (fill(
        domain,
        fact -> FactCatalog.isChosenByAgent(fact) ? Optional.of("x") : vouched.apply(fact))) {
      case Filled.Unusable unusable -> new Outline.Unusable(unusable.why());
      case Filled.Path _ -> new Outline.Open("spiffe://" + domain.name() + path, free);
    };
  }

  private static Filled checked(TrustDomain domain, String path) {
    int end = path.indexOf('/', 1);
    String first = path.substring(1, end < 0 ? path.length() : end);
    if (RESERVED.contains(first)) {
      return new Filled.Unusable("the first segment would be the reserved \"%s\"".formatted(first));
    }
    try {
      return new Filled.Path(SpiffeId.of(domain, path));
    } catch (IllegalArgumentException e) {
      return new Filled.Unusable("it would give no valid SPIFFE ID: " + e.getMessage());
    }
  }

  public String text() {
    return text;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PathTemplate that && text.equals(that.text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String toString() {
    return text;
  }
}
