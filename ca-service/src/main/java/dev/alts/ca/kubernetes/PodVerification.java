package dev.alts.ca.kubernetes;

import dev.alts.identity.fact.Fact;
import dev.alts.identity.fact.FactSet;
import dev.alts.identity.fact.FactValue;
import dev.alts.identity.fact.Provenance;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Facts about a pod, for the machine that it runs on and no other. An agent chooses of which of its
 * machine's pods it asks; what is true of that pod it does not say. Thread-safe.
 */
public final class PodVerification implements AutoCloseable {
  /** Label of a machine: the name of the node that it is. Whoever made its join token set it. */
  public static final String NODE_LABEL = "k8s-node";

  /** Label of a machine that says in which cluster; without it any that is configured. */
  public static final String CLUSTER_LABEL = "k8s-cluster";

  private static final String ATTESTOR = "k8s";
  private static final Pattern LABEL_KEY = Pattern.compile("[A-Za-z0-9._/-]{1,127}");

  private final String cluster;
  private final @Nullable PodWatch pods;

  PodVerification(String cluster, @Nullable PodWatch pods) {
    this.cluster = cluster;
    this.pods = pods;
  }

  /** The cluster cannot be asked now; who asks later may get another answer. */
  public static final class UnavailableException extends Exception {
    private static final long serialVersionUID = 1;

    UnavailableException(String message) {
      super(message);
    }
  }

  /**
   * {@return {@code verified.k8s.*}; empty: there is no such pod on this machine}
   *
   * @param machineLabels of the machine that asks, as the CA has them
   * @param uid of the pod, as the agent says
   * @throws UnavailableException if it is not known whether there is
   */
  public FactSet verify(Map<String, String> machineLabels, String uid) throws UnavailableException {
    String node = machineLabels.getOrDefault(NODE_LABEL, "");
    if (pods == null
        || uid.isEmpty()
        || node.isEmpty()
        || !machineLabels.getOrDefault(CLUSTER_LABEL, cluster).equals(cluster)) {
      return FactSet.empty();
    }
    try {
      Optional<Pod> pod = pods.find(uid);
      return pod.filter(found -> found.node().equals(node))
          .map(this::facts)
          .orElse(FactSet.empty());
    } catch (PodWatch.NotCurrentException e) {
      throw new UnavailableException(String.valueOf(e.getMessage()));
    }
  }

  private FactSet facts(Pod pod) {
    List<Fact> facts = new ArrayList<>();
    add(facts, "cluster", cluster);
    add(facts, "ns", pod.namespace());
    add(facts, "sa", pod.serviceAccount());
    add(facts, "pod", pod.name());
    add(facts, "pod_uid", pod.uid());
    add(facts, "node", pod.node());
    add(facts, "owner_kind", pod.ownerKind());
    add(facts, "owner_name", pod.ownerName());
    facts.add(
        new Fact(
            "verified.k8s.image_digests",
            new FactValue.TextList(pod.imageDigests()),
            Provenance.VERIFIED_BY_CA,
            ATTESTOR));
    pod.labels()
        .forEach((key, value) -> {
          if (LABEL_KEY.matcher(key).matches() && !key.contains("..")) {
            add(facts, "labels." + key, value);
          }
        });
    return FactSet.of(facts);
  }

  private static void add(List<Fact> facts, String name, String value) {
    if (!value.isEmpty()) {
      facts.add(
          new Fact(
              "verified.k8s." + name,
              new FactValue.Text(value),
              Provenance.VERIFIED_BY_CA,
              ATTESTOR));
    }
  }

  @Override
  public void close() {
    if (pods != null) {
      pods.close();
    }
  }
}
