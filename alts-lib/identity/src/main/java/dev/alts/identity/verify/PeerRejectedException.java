package dev.alts.identity.verify;

import java.util.Objects;

/**
 * A peer is not accepted. The reason is for our log, counters and explanations; the peer learns no
 * more than HANDSHAKE_FAILED (handshake.md section 9).
 */
public final class PeerRejectedException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Why. */
  public enum Reason {
    /** A certificate, handshake certificate or chain is not well-formed, too long or too many. */
    MALFORMED,
    /** Well-formed, but not an SVID, or without what the use needs. */
    PROFILE,
    EXPIRED,
    NOT_YET_VALID,
    /** No trust document for the trust domain, or the policy does not admit it. */
    UNKNOWN_TRUST_DOMAIN,
    /** No path to an issuing authority of the SVID's own trust domain. */
    UNTRUSTED,
    /** Kind and path disagree. */
    KIND_AND_PATH_DISAGREE,
    /** The authority may not vouch for this. */
    AUTHORITY_CONSTRAINT,
    /** Our CA's policy does not let that trust domain vouch for this. */
    FOREIGN_DOMAIN_POLICY,
    REVOKED,
    /** The revocation list is too old to rest on. */
    REVOCATION_STALE,
    /** The master may not delegate. */
    NOT_A_MASTER,
    /** The handshake certificate is not for this master, or outside of its validity. */
    NOT_BOUND,
    BAD_SIGNATURE,
    /** The name is not the one that is accepted here. */
    WRONG_NAME
  }

  private final Reason reason;

  public PeerRejectedException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  public PeerRejectedException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }

  /** {@return the reason; unlike in general there always is one} */
  @Override
  public String getMessage() {
    return Objects.requireNonNull(super.getMessage());
  }
}
