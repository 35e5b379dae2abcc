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
  private static final String NODE_FACT = "verified.k8s.node";
  private static final Pattern LABEL_KEY = Pattern.compile("[A-Za-z0-9._/-]{1,127}");

  private final String cluster;
  private final @Nullable PodWatch pods;
  private final @Nullable PodTokens tokens;

  /** With both, what the API server says counts, and tokens are not looked at. */
  PodVerification(String cluster, @Nullable PodWatch pods, @Nullable PodTokens tokens) {
    this.cluster = cluster;
    this.pods = pods;
    this.tokens = tokens;
  }

  /**
   * What there is to say about the pod that an agent asks for.
   *
   * @param facts {@code verified.k8s.*}; none: there is no such pod on this machine
   * @param why not; empty: there is no more to say
   */
  public record Answer(FactSet facts, String why) {
    private static final Answer NOTHING = new Answer(FactSet.empty(), "");
  }

  /** The cluster cannot be asked now; who asks later may get another answer. */
  public static final class UnavailableException extends Exception {
    private static final long serialVersionUID = 1;

    UnavailableException(String message) {
      super(message);
    }
  }

  /**
   * {@return what is true of a pod of the machine that asks}
   *
   * @param machineLabels of the machine that asks, as the CA has them
   * @param uid of the pod, as the agent says; empty: it does not
   * @param token of the pod; empty: none
   * @throws UnavailableException if it is not known now
   */
  public Answer verify(Map<String, String> machineLabels, String uid, String token)
      throws UnavailableException {
    String node = node(machineLabels);
    if (node.isEmpty()) {
      return Answer.NOTHING;
    }
    if (pods != null) {
      return watched(pods, node, uid);
    }
    if (tokens == null || token.isEmpty()) {
      return Answer.NOTHING;
    }
    try {
      Pod pod = tokens.verify(token);
      if (!pod.node().equals(node)) {
        return refused("it is of a pod on another node than this machine");
      }
      if (!uid.isEmpty() && !uid.equals(pod.uid())) {
        return refused("it is of another pod than the one that is stated");
      }
      return new Answer(facts(pod, List.of()), "");
    } catch (PodTokens.BadTokenException e) {
      return refused(String.valueOf(e.getMessage()));
    }
  }

  private static Answer refused(String why) {
    return new Answer(FactSet.empty(), "the pod's token: " + why);
  }

  /**
   * {@return what is true now of a pod that was verified before} A token is not kept, so what it
   * said stays true as long as the machine is the node that it named.
   *
   * @param verified what {@link #verify} said then
   */
  public Answer verifyAgain(Map<String, String> machineLabels, String uid, FactSet verified)
      throws UnavailableException {
    if (pods != null) {
      return verify(machineLabels, uid, "");
    }
    String node = node(machineLabels);
    return tokens != null
            && !node.isEmpty()
            && verified.value(NODE_FACT).equals(Optional.of(new FactValue.Text(node)))
        ? new Answer(verified, "")
        : Answer.NOTHING;
  }

  /** {@return the node of this cluster that the machine is; empty: none} */
  private String node(Map<String, String> machineLabels) {
    return machineLabels.getOrDefault(CLUSTER_LABEL, cluster).equals(cluster)
        ? machineLabels.getOrDefault(NODE_LABEL, "")
        : "";
  }

  private Answer watched(PodWatch watch, String node, String uid) throws UnavailableException {
    if (uid.isEmpty()) {
      return Answer.NOTHING;
    }
    try {
      return watch
          .find(uid)
          .filter(found -> found.node().equals(node))
          .map(found -> new Answer(facts(found, imageDigests(found)), ""))
          .orElse(Answer.NOTHING);
    } catch (PodWatch.NotCurrentException e) {
      throw new UnavailableException(String.valueOf(e.getMessage()));
    }
  }

  /** {@return the facts of {@code pod}, with those that only one source has} */
  private FactSet facts(Pod pod, List<Fact> more) {
    List<Fact> facts = new ArrayList<>();
    add(facts, "cluster", cluster);
    add(facts, "ns", pod.namespace());
    add(facts, "sa", pod.serviceAccount());
    add(facts, "pod", pod.name());
    add(facts, "pod_uid", pod.uid());
    add(facts, "node", pod.node());
    add(facts, "owner_kind", pod.ownerKind());
    add(facts, "owner_name", pod.ownerName());
    facts.addAll(more);
    pod.labels()
        .forEach((key, value) -> {
          if (LABEL_KEY.matcher(key).matches() && !key.contains("..")) {
            add(facts, "labels." + key, value);
          }
        });
    return FactSet.of(facts);
  }

  private static List<Fact> imageDigests(Pod pod) {
    return List.of(
        new Fact(
            "verified.k8s.image_digests",
            new FactValue.TextList(pod.imageDigests()),
            Provenance.VERIFIED_BY_CA,
            ATTESTOR));
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
