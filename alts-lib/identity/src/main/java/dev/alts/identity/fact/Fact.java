package dev.alts.identity.fact;

import java.util.regex.Pattern;

/**
 * What is proven about a machine or a process.
 *
 * @param name dotted, as in {@code workload.unix.uid} or {@code machine.labels.env}; its first
 *     segment agrees with the provenance
 * @param attestor who found it: {@code unix}, {@code join-token}, ...
 */
public record Fact(String name, FactValue value, Provenance provenance, String attestor) {
  private static final Pattern NAME =
      Pattern.compile(
          "(machine|workload)(\\.[A-Za-z0-9_-]{1,63}){1,8}"
              // Labels of Kubernetes have dots and a slash: verified.k8s.labels.a.example/b.
              + "|verified(\\.[A-Za-z0-9_/-]{1,127}){1,16}");

  public Fact {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "fact: \"%s\" (expected: machine., verified. or workload. and dotted names)"
              .formatted(name));
    }
    boolean agentsWord = name.startsWith("workload.");
    if (agentsWord != (provenance == Provenance.STATED_BY_AGENT)) {
      // An agent that could state machine.* facts could lie its way to any identity.
      throw new IllegalArgumentException(
          "fact: %s is %s (expected: workload.* and nothing else from the agent)"
              .formatted(name, provenance));
    }
  }
}
