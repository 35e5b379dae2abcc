package dev.alts.ca.kubernetes;

import dev.alts.ca.exchange.ConfiguredIssuer;
import dev.alts.ca.exchange.ExchangeIssuer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Pods by their own word, which the cluster has signed: service account tokens bound to a pod and
 * its node (Kubernetes, "Managing Service Accounts", bound tokens). Thread-safe.
 */
final class PodTokens {
  private static final String NODE_UID = "node_uid";
  private static final String SUBJECT = "subject";

  /** Facts, and where Kubernetes has them in a token. */
  private static final Map<String, String> CLAIMS =
      Map.of(
          "ns",
          "/kubernetes.io/namespace",
          "sa",
          "/kubernetes.io/serviceaccount/name",
          "pod",
          "/kubernetes.io/pod/name",
          "pod_uid",
          "/kubernetes.io/pod/uid",
          "node",
          "/kubernetes.io/node/name",
          NODE_UID,
          "/kubernetes.io/node/uid");

  private final ConfiguredIssuer issuer;

  PodTokens(ConfiguredIssuer issuer) {
    this.issuer = issuer;
  }

  /** {@return how tokens of pods have to be} */
  static ExchangeIssuer issuer(String url, String audience, String algorithm) {
    return new ExchangeIssuer(
        "kubernetes",
        url,
        audience,
        Set.of(algorithm),
        Map.of(),
        CLAIMS,
        List.of(),
        Duration.ofHours(1));
  }

  /** A token that proves nothing; the message says why, and has nothing of the token. */
  static final class BadTokenException extends Exception {
    private static final long serialVersionUID = 1;

    BadTokenException(String message) {
      super(message);
    }
  }

  /**
   * {@return the pod that {@code token} is bound to; its labels, owner and images no token has}
   *
   * @throws PodVerification.UnavailableException if the cluster's keys are not there
   */
  Pod verify(String token) throws BadTokenException, PodVerification.UnavailableException {
    return switch (issuer.verify(token)) {
      case ConfiguredIssuer.Answer.Good good -> pod(good.says());
      case ConfiguredIssuer.Answer.Bad bad -> throw new BadTokenException(bad.why());
      case ConfiguredIssuer.Answer.Unavailable unavailable ->
          throw new PodVerification.UnavailableException(unavailable.why());
    };
  }

  private static Pod pod(Map<String, String> says) throws BadTokenException {
    for (Map.Entry<String, String> claim : CLAIMS.entrySet()) {
      if (!says.containsKey(claim.getKey())) {
        throw new BadTokenException(
            "%s: not in it (expected: a token bound to a pod, of Kubernetes 1.32 or later)"
                .formatted(claim.getValue().substring(1)));
      }
    }
    String subject = "system:serviceaccount:%s:%s".formatted(says.get("ns"), says.get("sa"));
    if (!subject.equals(says.get(SUBJECT))) {
      throw new BadTokenException("sub: not the service account that it is bound to");
    }
    return new Pod(
        says.getOrDefault("pod_uid", ""),
        says.getOrDefault("ns", ""),
        says.getOrDefault("pod", ""),
        says.getOrDefault("sa", ""),
        says.getOrDefault("node", ""),
        Map.of(),
        "",
        "",
        List.of());
  }
}
