package dev.alts.ca.issuance;

/** What became of one request. */
public sealed interface IssuanceOutcome {
  record Issued(IssuedCertificate certificate) implements IssuanceOutcome {}

  /** Asking again in the same way gives the same answer. Nothing was signed. */
  record Refused(Reason reason, String explanation) implements IssuanceOutcome {}

  /**
   * It could not be recorded, so nothing was signed; or it is not known whether it was. Asking
   * again with the same idempotency key is safe.
   */
  record Unavailable(String explanation) implements IssuanceOutcome {}

  /** Why a request is refused. */
  enum Reason {
    /** The authorization does not cover what is asked for. */
    NOT_AUTHORIZED,
    /** Not an ECDSA P-256 key on the curve in its one DER form. */
    BAD_PUBLIC_KEY,
    /** Zero, negative or longer than the profile allows. */
    BAD_LIFETIME,
    /** The idempotency key was used for another request. */
    IDEMPOTENCY_KEY_REUSED,
    /** The certificate that we built is not what our own profile allows: a bug of ours. */
    LINT
  }
}
