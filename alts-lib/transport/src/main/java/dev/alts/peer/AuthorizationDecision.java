package dev.alts.peer;

/** Whether a peer is accepted, and why. */
public sealed interface AuthorizationDecision {
  /**
   * The peer is accepted.
   *
   * @param byName whether the rule meant this very identity or humans in particular: a human is
   *     accepted as a server only then (handshake.md section 8)
   */
  record Allowed(boolean byName) implements AuthorizationDecision {}

  /** The peer is refused; the reason is for the own log, never for the peer. */
  record Denied(String reason) implements AuthorizationDecision {}
}
