package dev.alts.ca.kubernetes;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * What is kept of a pod.
 *
 * @param node where it runs; empty: nowhere yet
 * @param imageDigests of its running containers, {@code sha256:...}, sorted
 */
record Pod(
    String uid,
    String namespace,
    String name,
    String serviceAccount,
    String node,
    Map<String, String> labels,
    String ownerKind,
    String ownerName,
    List<String> imageDigests) {
  private static final Pattern DIGEST = Pattern.compile(".*(sha256:[0-9a-f]{64})");
  private static final int MAX_LABELS = 64;
  private static final int MAX_CONTAINERS = 64;

  Pod {
    labels = Map.copyOf(labels);
    imageDigests = List.copyOf(imageDigests);
  }

  /** {@return the pod that a core/v1 Pod is; empty: it has ended, or is none} */
  static Optional<Pod> of(JsonNode object) {
    String uid = object.at("/metadata/uid").asString("");
    String phase = object.at("/status/phase").asString("");
    if (uid.isEmpty() || phase.equals("Succeeded") || phase.equals("Failed")) {
      return Optional.empty();
    }
    Map<String, String> labels = new TreeMap<>();
    for (Map.Entry<String, JsonNode> label : object.at("/metadata/labels").properties()) {
      if (labels.size() < MAX_LABELS) {
        labels.put(label.getKey(), label.getValue().asString(""));
      }
    }
    String ownerKind = "";
    String ownerName = "";
    for (JsonNode owner : object.at("/metadata/ownerReferences")) {
      if (owner.path("controller").asBoolean(false)) {
        ownerKind = owner.path("kind").asString("");
        ownerName = owner.path("name").asString("");
      }
    }
    return Optional.of(
        new Pod(
            uid,
            object.at("/metadata/namespace").asString(""),
            object.at("/metadata/name").asString(""),
            object.at("/spec/serviceAccountName").asString(""),
            object.at("/spec/nodeName").asString(""),
            labels,
            ownerKind,
            ownerName,
            digests(object.at("/status/containerStatuses"))));
  }

  private static List<String> digests(JsonNode containers) {
    List<String> digests = new ArrayList<>();
    for (JsonNode container : containers) {
      Matcher digest = DIGEST.matcher(container.path("imageID").asString(""));
      if (digest.matches() && digests.size() < MAX_CONTAINERS) {
        digests.add(digest.group(1));
      }
    }
    return digests.stream().distinct().sorted().toList();
  }
}
