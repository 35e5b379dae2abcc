package dev.alts.ca.issuance;

import dev.alts.ca.issuance.IssuanceOutcome.Reason;

/** A request must not be answered with a certificate; turned into an outcome at the border. */
final class RequestRefusedException extends Exception {
  private static final long serialVersionUID = 1L;

  private final Reason reason;

  RequestRefusedException(Reason reason, String explanation) {
    super(explanation);
    this.reason = reason;
  }

  IssuanceOutcome.Refused toOutcome() {
    return new IssuanceOutcome.Refused(reason, String.valueOf(getMessage()));
  }
}
