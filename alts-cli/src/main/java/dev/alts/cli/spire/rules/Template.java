package dev.alts.cli.spire.rules;

import java.util.List;
import java.util.stream.Collectors;

/** A path with facts in the place of what entries repeat of them. */
record Template(List<Segment> segments) {
  Template {
    segments = List.copyOf(segments);
  }

  /** One segment of a path. */
  sealed interface Segment {
    record Literal(String text) implements Segment {}

    /** The value of a fact, between literal text. */
    record Filled(Dimension dimension, String before, String after) implements Segment {}
  }

  /** {@return the template as a rule has it} */
  String text() {
    return segments.stream()
        .map(segment ->
            switch (segment) {
              case Segment.Literal literal -> "/" + literal.text();
              case Segment.Filled filled ->
                  "/" + filled.before() + "{" + filled.dimension().fact() + "}" + filled.after();
            })
        .collect(Collectors.joining());
  }

  /** {@return the facts that it repeats} */
  List<Dimension> dimensions() {
    return segments.stream()
        .filter(Segment.Filled.class::isInstance)
        .map(segment -> ((Segment.Filled) segment).dimension())
        .distinct()
        .toList();
  }
}
