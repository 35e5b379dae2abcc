package dev.alts.cli.spire.rules;

import dev.alts.cli.spire.rules.Grant.Shape;
import dev.alts.cli.spire.rules.ImportedRules.Group;
import dev.alts.cli.spire.rules.Template.Segment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;

/** Makes rules of grants, and keeps account of what each stands for. For one import. */
final class RuleMaker {
  private static final int MAX_NAME = 50;

  private final boolean open;
  private final Set<String> names = new HashSet<>();
  private final Map<String, Integer> next = new HashMap<>();
  private final List<Group> groups = new ArrayList<>();
  private final NavigableSet<String> tooLong = new TreeSet<>();

  /**
   * @param open whether a fact of a process that the path repeats may have any value
   */
  RuleMaker(boolean open) {
    this.open = open;
  }

  private record Like(Shape shape, Template template, List<Grant> grants) {
    String firstEntry() {
      return grants.stream().map(Grant::entry).min(Comparator.naturalOrder()).orElseThrow();
    }
  }

  void make(List<Grant> grants) {
    Map<Shape, List<Grant>> shapes = new HashMap<>();
    grants.forEach(
        grant -> shapes.computeIfAbsent(grant.shape(), shape -> new ArrayList<>()).add(grant));
    List<Like> likes = new ArrayList<>();
    shapes.forEach((shape, alike) -> {
      Templates templates = new Templates(alike);
      Map<Template, List<Grant>> byTemplate = new HashMap<>();
      alike.forEach(grant ->
          byTemplate.computeIfAbsent(templates.of(grant), t -> new ArrayList<>()).add(grant));
      byTemplate.forEach((template, same) -> likes.add(new Like(shape, template, same)));
    });
    // SPIRE's default identity is the one whose entry has the smallest ID: so far as rules can,
    // they keep that order.
    likes.sort(
        Comparator.comparing(Like::firstEntry)
            .thenComparing(like -> like.template().text())
            .thenComparing(like -> like.shape().toString()));
    likes.forEach(this::make);
  }

  private void make(Like like) {
    List<Dimension> dimensions = new ArrayList<>(like.shape().dimensions());
    if (open) {
      dimensions.removeIf(dimension ->
          !dimension.isOfMachine() && like.template().dimensions().contains(dimension));
    }
    Map<List<String>, NavigableSet<String>> entries = new HashMap<>();
    like.grants()
        .forEach(grant ->
            entries
                .computeIfAbsent(grant.point(dimensions), point -> new TreeSet<>())
                .add(grant.entry()));
    List<ConditionText> conditions = new ArrayList<>();
    List<Box> pending = new ArrayList<>();
    List<Box> queue = new ArrayList<>(Boxes.covering(dimensions, entries.keySet()).reversed());
    while (!queue.isEmpty()) {
      Box box = queue.removeLast();
      if (!ConditionText.of(List.of(box)).fits()) {
        List<Box> halves = box.halves();
        if (halves.size() == 1) {
          tooLong.addAll(entries.getOrDefault(box.first(dimensions), new TreeSet<>()));
        } else {
          queue.addAll(halves.reversed());
        }
        continue;
      }
      pending.add(box);
      if (!ConditionText.of(pending).fits()) {
        pending.removeLast();
        conditions.add(ConditionText.of(pending));
        pending = new ArrayList<>(List.of(box));
      }
    }
    if (!pending.isEmpty()) {
      conditions.add(ConditionText.of(pending));
    }
    add(like, conditions, entries);
  }

  private void add(
      Like like, List<ConditionText> conditions, Map<List<String>, NavigableSet<String>> entries) {
    if (conditions.isEmpty()) {
      return;
    }
    List<MadeRule> rules = new ArrayList<>();
    for (ConditionText condition : conditions) {
      rules.add(
          new MadeRule(
              name(like.template()),
              condition.terms(),
              like.template().text(),
              like.shape().terms().ttl(),
              like.shape().terms().hint(),
              like.shape().terms().dnsNames(),
              groups.size() + 1,
              rules.size() + 1,
              conditions.size()));
    }
    NavigableSet<String> all = new TreeSet<>();
    entries.values().forEach(all::addAll);
    all.removeAll(tooLong);
    groups.add(new Group(rules, List.copyOf(all)));
  }

  private String name(Template template) {
    StringBuilder text = new StringBuilder();
    for (Segment segment : template.segments()) {
      text.append('-')
          .append(
              switch (segment) {
                case Segment.Literal literal -> literal.text();
                case Segment.Filled filled ->
                    filled.before()
                        + filled
                            .dimension()
                            .fact()
                            .substring(filled.dimension().fact().lastIndexOf('.') + 1)
                        + filled.after();
              });
    }
    String plain = text.toString().toLowerCase(Locale.ROOT).replaceAll("^[^a-z0-9]+", "");
    String name = plain.isEmpty() ? "rule" : plain.substring(0, Math.min(plain.length(), MAX_NAME));
    String unique = name;
    while (!names.add(unique)) {
      unique = name + "-" + next.merge(name, 2, (number, first) -> number + 1);
    }
    return unique;
  }

  /** {@return the rules, in the order in which they are evaluated} */
  List<Group> groups() {
    return groups;
  }

  /** {@return entries whose conditions the CA would not take} */
  NavigableSet<String> tooLong() {
    return tooLong;
  }
}
