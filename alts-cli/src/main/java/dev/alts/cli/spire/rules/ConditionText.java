package dev.alts.cli.spire.rules;

import dev.alts.cli.spire.rules.Dimension.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A condition in CEL that holds exactly in the given boxes.
 *
 * @param terms which must all hold
 * @param nodes an upper bound of the nodes that its syntax tree has
 */
record ConditionText(List<String> terms, int nodes) {
  /** Narrower than what the CA takes: 4096 characters and 400 nodes. */
  private static final int MAX_CHARACTERS = 3900;

  private static final int MAX_NODES = 360;
  private static final int EXISTS_NODES = 24;
  private static final Pattern LABEL = Pattern.compile("(machine|verified\\.k8s)\\.labels\\.(.*)");
  private static final Pattern IDENTIFIER = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
  private static final Set<String> RESERVED =
      Set.of(
          "as",
          "break",
          "const",
          "continue",
          "else",
          "false",
          "for",
          "function",
          "if",
          "import",
          "in",
          "let",
          "loop",
          "namespace",
          "null",
          "package",
          "return",
          "true",
          "var",
          "void",
          "while");

  ConditionText {
    terms = List.copyOf(terms);
  }

  private record Term(String text, int nodes) {}

  static ConditionText of(List<Box> boxes) {
    Map<Dimension, SortedSet<String>> common = new TreeMap<>(boxes.getFirst().sides());
    boxes.forEach(box ->
        common
            .entrySet()
            .removeIf(side -> !side.getValue().equals(box.sides().get(side.getKey()))));
    List<Term> terms = new ArrayList<>();
    common.forEach((dimension, values) -> terms.add(term(dimension, values)));
    if (boxes.size() > 1) {
      terms.add(alternatives(boxes, common.keySet()));
    }
    return new ConditionText(
        terms.stream().map(Term::text).toList(),
        terms.stream().mapToInt(term -> term.nodes() + 1).sum());
  }

  /** {@return the condition on one line} */
  String text() {
    return String.join(" && ", terms);
  }

  /** {@return whether the CA takes it} */
  boolean fits() {
    return nodes <= MAX_NODES && text().length() <= MAX_CHARACTERS;
  }

  private static Term alternatives(List<Box> boxes, Set<Dimension> common) {
    List<String> texts = new ArrayList<>();
    int nodes = 0;
    for (Box box : boxes) {
      List<Term> terms =
          box.sides().entrySet().stream()
              .filter(side -> !common.contains(side.getKey()))
              .map(side -> term(side.getKey(), side.getValue()))
              .toList();
      nodes += terms.stream().mapToInt(term -> term.nodes() + 1).sum();
      texts.add(terms.stream().map(Term::text).collect(Collectors.joining(" && ")));
    }
    return new Term("((" + String.join(") || (", texts) + "))", nodes);
  }

  private static Term term(Dimension dimension, SortedSet<String> values) {
    String fact = reference(dimension.fact());
    int size = (int) dimension.fact().chars().filter(c -> c == '.').count() + 3;
    String list = values.stream().map(v -> literal(dimension, v)).collect(Collectors.joining(", "));
    boolean one = values.size() == 1;
    return switch (dimension.kind()) {
      case TEXT, NUMBER ->
          one
              ? new Term(fact + " == " + list, size + 1)
              : new Term(fact + " in [" + list + "]", size + 1 + values.size());
      case NUMBER_IN_LIST ->
          one
              ? new Term(list + " in " + fact, size + 1)
              : new Term(
                  "%s.exists(n, n in [%s])".formatted(fact, list),
                  size + EXISTS_NODES + values.size());
    };
  }

  private static String reference(String fact) {
    Matcher label = LABEL.matcher(fact);
    if (!label.matches()) {
      return fact;
    }
    String key = label.group(2);
    return IDENTIFIER.matcher(key).matches() && !RESERVED.contains(key)
        ? fact
        : "%s.labels[\"%s\"]".formatted(label.group(1), key);
  }

  private static String literal(Dimension dimension, String value) {
    return dimension.kind() == Kind.TEXT ? quoted(value) : value;
  }

  /** ASCII only, so that what a reader sees is what is compared. */
  private static String quoted(String value) {
    StringBuilder text = new StringBuilder("\"");
    value
        .codePoints()
        .forEach(c -> {
          if (c == '"' || c == '\\') {
            text.append('\\').appendCodePoint(c);
          } else if (c >= ' ' && c < 0x7f) {
            text.appendCodePoint(c);
          } else if (Character.isBmpCodePoint(c)) {
            text.append("\\u%04x".formatted(c));
          } else {
            text.append("\\U%08x".formatted(c));
          }
        });
    return text.append('"').toString();
  }
}
