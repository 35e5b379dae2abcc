package dev.alts.cli.spire.rules;

import dev.alts.cli.spire.Selector;
import dev.alts.cli.spire.rules.Dimension.Kind;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Selectors of processes, and the facts that mean the same. Immutable. */
public final class WorkloadSelectors {
  private static final Pattern NUMBER = Pattern.compile("0|[1-9][0-9]{0,9}");
  private static final long MAX_ID = (1L << 32) - 1;

  private static final Map<String, Dimension> OWN =
      Map.of(
          "unix:uid", new Dimension("workload.unix.uid", Kind.NUMBER, 0),
          "unix:user", Dimension.text("workload.unix.user"),
          "unix:gid", new Dimension("workload.unix.gid", Kind.NUMBER, 0),
          "unix:supplementary_gid",
              new Dimension("workload.unix.supplementary_gids", Kind.NUMBER_IN_LIST, 0),
          "unix:path", Dimension.text("workload.unix.path"),
          "unix:sha256", Dimension.text("workload.unix.sha256"),
          "k8s:ns", Dimension.text("verified.k8s.ns"),
          "k8s:sa", Dimension.text("verified.k8s.sa"),
          "k8s:pod-name", Dimension.text("verified.k8s.pod"));

  private static final String POD_LABEL = "k8s:pod-label:";
  private static final String POD_LABEL_FACT = "verified.k8s.labels.";
  private static final Pattern POD_LABEL_KEY = Pattern.compile("[A-Za-z0-9._/-]{1,317}");

  /** Attestors of machines: no process ever has a selector of theirs. */
  private static final Set<String> OF_MACHINES =
      Set.of(
          "aws_iid",
          "azure_msi",
          "gcp_iit",
          "http_challenge",
          "join_token",
          "k8s_psat",
          "k8s_sat",
          "spiffe_id",
          "sshpop",
          "tpm_devid",
          "x509pop");

  private static final Set<String> GROUP_NAMES = Set.of("unix:group", "unix:supplementary_group");

  private final Map<String, Dimension> facts;

  /**
   * @param more facts of the user's own, by what a selector begins with, such as {@code k8s:ns}
   */
  public WorkloadSelectors(Map<String, String> more) {
    Map<String, Dimension> all = new TreeMap<>(OWN);
    more.forEach((selector, fact) -> all.put(selector, Dimension.text(fact)));
    this.facts = Map.copyOf(all);
  }

  private record Known(String prefix, Dimension dimension) {}

  /** What the selectors of an entry ask for. */
  sealed interface Reading {
    record Asks(SortedMap<Dimension, String> asks) implements Reading {}

    record None(Unmet.Reason reason, String why) implements Reading {}
  }

  /** {@return what {@code selectors} ask of a process} */
  Reading read(Iterable<Selector> selectors) {
    SortedMap<Dimension, String> asks = new TreeMap<>();
    for (Selector selector : selectors) {
      Optional<Known> known = find(selector);
      if (known.isEmpty()) {
        return unknown(selector);
      }
      String value = selector.toString().substring(known.get().prefix().length() + 1);
      Dimension dimension = known.get().dimension();
      if (dimension.kind() != Kind.TEXT && !isNumber(value)) {
        return new Reading.None(
            Unmet.Reason.CONTRADICTION, "%s is not how SPIRE writes a number".formatted(selector));
      }
      if (dimension.kind() == Kind.NUMBER_IN_LIST) {
        dimension = next(dimension, asks);
      }
      if (asks.put(dimension, value) != null) {
        return new Reading.None(
            Unmet.Reason.CONTRADICTION, "two values of " + known.get().prefix());
      }
    }
    return new Reading.Asks(asks);
  }

  /**
   * {@return the selectors that SPIRE's attestors would find where these facts hold}
   *
   * @param facts values are text, or a number's text, or several of a list
   */
  public Set<Selector> selectors(Map<String, ? extends Iterable<String>> facts) {
    Set<Selector> selectors = new HashSet<>();
    this.facts.forEach((prefix, dimension) -> {
      Iterable<String> values = facts.get(dimension.fact());
      if (values != null) {
        values.forEach(value -> selectors.add(selector(prefix + ":" + value)));
      }
    });
    facts.forEach((name, values) -> {
      if (name.startsWith(POD_LABEL_FACT)) {
        String prefix = POD_LABEL + name.substring(POD_LABEL_FACT.length());
        values.forEach(value -> selectors.add(selector(prefix + ":" + value)));
      }
    });
    return selectors;
  }

  /** {@return the fact that means what the selector says, or empty} */
  public Optional<String> factOf(Selector selector) {
    return find(selector).map(known -> known.dimension().fact());
  }

  /** {@return whether SPIRE finds such selectors at machines only, so that no process has one} */
  public static boolean isOfMachines(Selector selector) {
    return OF_MACHINES.contains(selector.type());
  }

  private static Selector selector(String text) {
    int colon = text.indexOf(':');
    return new Selector(text.substring(0, colon), text.substring(colon + 1));
  }

  /** The longest known beginning that ends at a colon: {@code k8s:pod-label:app}. */
  private Optional<Known> find(Selector selector) {
    String text = selector.toString();
    for (int colon = text.lastIndexOf(':'); colon > 0; colon = text.lastIndexOf(':', colon - 1)) {
      String prefix = text.substring(0, colon);
      Dimension dimension = facts.get(prefix);
      if (dimension != null) {
        return Optional.of(new Known(prefix, dimension));
      }
    }
    return podLabel(text);
  }

  private static Optional<Known> podLabel(String text) {
    int end = text.indexOf(':', POD_LABEL.length());
    if (!text.startsWith(POD_LABEL) || end < 0) {
      return Optional.empty();
    }
    String key = text.substring(POD_LABEL.length(), end);
    return POD_LABEL_KEY.matcher(key).matches()
        ? Optional.of(new Known(text.substring(0, end), Dimension.text(POD_LABEL_FACT + key)))
        : Optional.empty();
  }

  private static Reading.None unknown(Selector selector) {
    if (isOfMachines(selector)) {
      return new Reading.None(
          Unmet.Reason.AGENT_ONLY, "%s is a selector of machines".formatted(selector));
    }
    String text = selector.toString();
    if (GROUP_NAMES.stream().anyMatch(prefix -> text.startsWith(prefix + ":"))) {
      return new Reading.None(
          Unmet.Reason.GROUP_NAME, "no fact has the name of a group: " + selector);
    }
    return new Reading.None(
        Unmet.Reason.SELECTOR, "no fact means what %s says".formatted(selector));
  }

  private static Dimension next(Dimension list, SortedMap<Dimension, String> asks) {
    Dimension next = list;
    while (asks.containsKey(next)) {
      next = new Dimension(list.fact(), list.kind(), next.ordinal() + 1);
    }
    return next;
  }

  private static boolean isNumber(String value) {
    return NUMBER.matcher(value).matches() && Long.parseLong(value) <= MAX_ID;
  }
}
