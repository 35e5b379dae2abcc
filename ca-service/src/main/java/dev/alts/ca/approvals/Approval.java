package dev.alts.ca.approvals;

import dev.alts.ca.humans.HumanName;
import java.time.Instant;
import java.util.Optional;

/** An act that takes two admins, and how it stands with it. */
public record Approval(
    long id,
    Asked asked,
    HumanName requestedBy,
    Instant requestedAt,
    Instant expiresAt,
    State state,
    Optional<Decision> decision) {

  /**
   * What is to be done.
   *
   * @param operation whose request it is
   * @param request as it was understood, in JSON; this is what will be done
   * @param target for people
   */
  public record Asked(
      ActKind kind, String operation, String request, String target, String reason) {}

  /**
   * What the second admin said.
   *
   * @param outcome of the act; empty: it was rejected, or it is not known
   */
  public record Decision(HumanName by, Instant at, String reason, String outcome) {}

  /** How it stands. */
  public enum State {
    PENDING,
    /** Nobody decided in time. */
    EXPIRED,
    /**
     * Taken for execution. If it stays so, the CA died over it: the audit log says how far it was.
     */
    APPROVED,
    EXECUTED,
    /** Approved, and then refused as it would have been without asking. */
    FAILED,
    REJECTED
  }
}
