package dev.alts.ca.machine;

/**
 * A call that cannot be answered as it was made. {@link ErrorMapping} alone turns it into a status.
 */
final class ApiException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final Code code;

  ApiException(Code code, String message) {
    super(message);
    this.code = code;
  }

  Code code() {
    return code;
  }

  /** What went wrong, as far as the caller may know. */
  enum Code {
    /** The request is not one that this API has. */
    BAD_REQUEST,
    /** No client certificate of a machine of ours, or one that is worth nothing any more. */
    NOT_ATTESTED,
    /** The machine is banned. */
    BANNED,
    /** The evidence did not convince; why is in our log. */
    ATTESTATION_REFUSED,
    /** A newer certificate of the machine was used already. */
    RENEWAL_REFUSED,
    /** More than this machine may ask for, or more than we can do at once. */
    OVERLOADED,
    /** The answer took too long to be asked for or to be read. */
    TOO_SLOW,
    /** We cannot answer now; asking again later is right. */
    UNAVAILABLE
  }
}
