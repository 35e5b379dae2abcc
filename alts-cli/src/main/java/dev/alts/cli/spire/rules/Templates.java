package dev.alts.cli.spire.rules;

import dev.alts.cli.spire.rules.Template.Segment;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Finds what the paths of like grants repeat of their facts. A segment becomes a fact only where
 * that explains at least two different segments, and where several facts would do, the one that
 * explains most: a value that is the same by chance does not make a template.
 */
final class Templates {
  private static final Pattern VALUE = Pattern.compile("[A-Za-z0-9._-]+");
  private static final String SEPARATORS = "._-";

  private static final Comparator<Filling> SIMPLEST =
      Comparator.comparingInt((Filling filling) ->
              filling.segment().before().length() + filling.segment().after().length())
          .thenComparing(filling -> filling.segment().dimension())
          .thenComparing(filling -> filling.segment().before());

  private record Filling(int position, Segment.Filled segment) {}

  /** The different segments that each filling explains. */
  private final Map<Filling, Set<String>> explained = new HashMap<>();

  /**
   * @param alike grants with the same facts, the same number of segments and the same terms
   */
  Templates(Collection<Grant> alike) {
    for (Grant grant : alike) {
      List<String> segments = grant.segments();
      for (int i = 0; i < segments.size(); i++) {
        for (Filling filling : fillings(grant, i, segments.get(i))) {
          explained.computeIfAbsent(filling, f -> new HashSet<>()).add(segments.get(i));
        }
      }
    }
  }

  /** {@return the template for one of the grants} */
  Template of(Grant grant) {
    List<String> segments = grant.segments();
    List<Segment> template = new ArrayList<>();
    for (int i = 0; i < segments.size(); i++) {
      template.add(best(grant, i, segments.get(i)));
    }
    return new Template(template);
  }

  private Segment best(Grant grant, int position, String text) {
    return fillings(grant, position, text).stream()
        .filter(filling -> explains(filling) > 1)
        .min(Comparator.comparingInt((Filling f) -> -explains(f)).thenComparing(SIMPLEST))
        .<Segment>map(Filling::segment)
        .orElseGet(() -> new Segment.Literal(text));
  }

  private int explains(Filling filling) {
    return explained.getOrDefault(filling, Set.of()).size();
  }

  private static List<Filling> fillings(Grant grant, int position, String text) {
    List<Filling> found = new ArrayList<>();
    grant.forEach((dimension, value) -> {
      if (!dimension.fitsTemplate() || !VALUE.matcher(value).matches()) {
        return;
      }
      for (int at = text.indexOf(value); at >= 0; at = text.indexOf(value, at + 1)) {
        String before = text.substring(0, at);
        String after = text.substring(at + value.length());
        if (endsApart(before) && beginsApart(after)) {
          found.add(new Filling(position, new Segment.Filled(dimension, before, after)));
        }
      }
    });
    return found;
  }

  /** A value begins and ends where words do: "web" is not repeated by "webber". */
  private static boolean endsApart(String before) {
    return before.isEmpty() || SEPARATORS.indexOf(before.charAt(before.length() - 1)) >= 0;
  }

  private static boolean beginsApart(String after) {
    return after.isEmpty() || SEPARATORS.indexOf(after.charAt(0)) >= 0;
  }
}
