package dev.alts.agent.credentials;

import dev.alts.identity.fact.Fact;
import java.util.List;

/**
 * One case for the CA. All processes with the same facts that want the same thing are the same
 * case.
 *
 * @param facts the projection of a process onto the rules' footprint
 * @param wantedId one of the identities that the facts give; empty: the default one
 */
public record Question(List<Fact> facts, String wantedId, Use use) {
  /** What the certificate is for. */
  public enum Use {
    /** Master of handshake certificates; its key stays in the agent. */
    MASTER,
    /** Given to the process with its key. */
    HANDED_OUT
  }

  public Question {
    facts = List.copyOf(facts);
  }

  public Question wanting(String otherId) {
    return new Question(facts, otherId, use);
  }
}
