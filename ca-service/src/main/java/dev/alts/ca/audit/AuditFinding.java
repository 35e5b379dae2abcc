package dev.alts.ca.audit;

/**
 * Something that is not as it was recorded.
 *
 * @param what for programs
 * @param where chain or checkpoint
 * @param explanation one sentence
 */
public record AuditFinding(What what, String where, String explanation) {
  /** Kinds of findings. */
  public enum What {
    /** An event is not there. */
    MISSING,
    /** An event, or its place in its chain, is not what was recorded. */
    ALTERED,
    /** Two events have one place. */
    FORKED,
    /** A chain or an event of one is not in the list of chains. */
    UNKNOWN_CHAIN,
    /** A checkpoint is not there. */
    CHECKPOINT_MISSING,
    /** A checkpoint is not what the audit key signed. */
    CHECKPOINT_ALTERED,
    /** The log does not go through what a checkpoint says. */
    NOT_AS_SIGNED
  }
}
