package dev.alts.cli.shadow;

import java.util.List;

/** What an agent's Workload API told this process. */
public sealed interface Answer {
  /** Identities, the default first; none where the agent refused to give any. */
  record Told(List<Identity> identities) implements Answer {
    public Told {
      identities = List.copyOf(identities);
    }
  }

  /** No answer: there is no agent, or it cannot say anything now. */
  record Silent(String why) implements Answer {}
}
