package dev.alts.identity.document;

/** Whether a server may answer for a target, and why. */
public sealed interface NamingDecision {
  /** An entry for the target names the server. */
  record Named(NamingEntry entry) implements NamingDecision {}

  /** The target has no entry; the mode lets any member of the own trust domain answer. */
  record MemberOfTrustDomain() implements NamingDecision {}

  record Refused(String reason) implements NamingDecision {}
}
