package dev.alts.cli.spire.rules;

import dev.alts.cli.spire.Selector;
import dev.alts.identity.crypto.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Machine labels that say what selectors of machines say: {@code k8s_psat:cluster:prod} is the
 * label {@code k8s_psat_cluster=prod}. Where a machine can have several values of one selector, as
 * of security groups, each value is a label of its own with the value {@code true}. No two
 * selectors are the same label.
 */
final class NodeLabels {
  private static final int MAX_KEY = 63;
  private static final int MAX_VALUE = 255;
  private static final int DIGEST = 8;

  /** Whose name has a second part: {@code aws_iid:tag:KEY:VALUE}. */
  private static final Set<String> TWO_PARTS =
      Set.of(
          "aws_iid:image",
          "aws_iid:instance",
          "aws_iid:sg",
          "aws_iid:tag",
          "gcp_iit:label",
          "gcp_iit:metadata",
          "k8s_psat:agent_node_label",
          "k8s_psat:agent_pod_label",
          "tpm_devid:ca",
          "tpm_devid:issuer",
          "tpm_devid:subject",
          "x509pop:ca",
          "x509pop:san",
          "x509pop:subject");

  /** Of which a machine can have several. */
  private static final Set<String> SEVERAL =
      Set.of(
          "aws_iid:iamrole",
          "aws_iid:sg:id",
          "aws_iid:sg:name",
          "azure_msi:network-security-group",
          "azure_msi:virtual-network",
          "azure_msi:virtual-network-subnet",
          "gcp_iit:sa",
          "gcp_iit:tag",
          "tpm_devid:ca:fingerprint",
          "tpm_devid:fingerprint",
          "x509pop:ca:fingerprint");

  /** A label that a machine has to have. */
  record Label(String key, String value) {
    Dimension dimension() {
      return Dimension.text("machine.labels." + key);
    }
  }

  private record Parts(String name, String value) {}

  private final Map<String, String> chosen;
  private final Set<String> several;
  private final Map<Selector, Label> labels = new HashMap<>();

  /**
   * @param used sets of selectors that conditions are made of
   * @param found sets of selectors that machines have, as far as known
   * @param chosen label keys of the user's own, by selector name such as {@code k8s_psat:cluster}
   */
  NodeLabels(
      Collection<List<Selector>> used,
      Collection<List<Selector>> found,
      Map<String, String> chosen) {
    this.chosen = Map.copyOf(chosen);
    this.several = several(used, found);
    SortedMap<Selector, Label> wanted = new TreeMap<>();
    used.forEach(set -> set.forEach(selector -> wanted.put(selector, label(selector, false))));
    // Which selectors the key stands for: one name, or one name with one value.
    Map<String, Set<String>> meanings = new HashMap<>();
    wanted.forEach((selector, label) ->
        meanings.computeIfAbsent(label.key(), key -> new HashSet<>()).add(meaning(selector)));
    wanted.forEach((selector, label) -> {
      boolean ambiguous = meanings.getOrDefault(label.key(), Set.of()).size() > 1;
      labels.put(selector, ambiguous ? label(selector, true) : label);
    });
  }

  private static Set<String> several(
      Collection<List<Selector>> used, Collection<List<Selector>> found) {
    Set<String> several = new HashSet<>(SEVERAL);
    for (Collection<List<Selector>> sets : List.of(used, found)) {
      for (List<Selector> set : sets) {
        Map<String, String> values = new HashMap<>();
        for (Selector selector : set) {
          Parts parts = parts(selector);
          String before = values.put(parts.name(), parts.value());
          if (before != null && !before.equals(parts.value())) {
            several.add(parts.name());
          }
        }
      }
    }
    return several;
  }

  /** {@return the label that stands for a selector of those used} */
  Label of(Selector selector) {
    Label label = labels.get(selector);
    if (label == null) {
      throw new IllegalStateException("no label for " + selector);
    }
    return label;
  }

  /** {@return the selectors that conditions are made of, with their labels} */
  SortedMap<Selector, Label> all() {
    return new TreeMap<>(labels);
  }

  private String meaning(Selector selector) {
    Parts parts = parts(selector);
    return several.contains(parts.name()) || !fits(parts.value())
        ? selector.toString()
        : parts.name();
  }

  private Label label(Selector selector, boolean distinct) {
    Parts parts = parts(selector);
    String meaning = meaning(selector);
    String name = chosen.getOrDefault(parts.name(), parts.name());
    boolean alone = meaning.equals(selector.toString());
    String key = key(alone ? name + "_" + parts.value() : name, meaning, distinct);
    return new Label(key, alone ? "true" : parts.value());
  }

  /** What a label's value cannot say exactly is said by its key. */
  private static boolean fits(String value) {
    return value.length() <= MAX_VALUE && value.chars().noneMatch(Character::isISOControl);
  }

  private static String key(String text, String meaning, boolean distinct) {
    String key = text.replaceAll("[^A-Za-z0-9_-]", "_");
    if (!distinct && key.length() <= MAX_KEY) {
      return key;
    }
    String digest =
        Sha256.of(meaning.getBytes(StandardCharsets.UTF_8)).toHex().substring(0, DIGEST);
    return key.substring(0, Math.min(key.length(), MAX_KEY - DIGEST - 1)) + "_" + digest;
  }

  private static Parts parts(Selector selector) {
    String text = selector.toString();
    int end = text.indexOf(':', text.indexOf(':') + 1);
    if (end > 0 && TWO_PARTS.contains(text.substring(0, end))) {
      end = text.indexOf(':', end + 1);
    }
    return end < 0
        ? new Parts(text, "true")
        : new Parts(text.substring(0, end), text.substring(end + 1));
  }
}
