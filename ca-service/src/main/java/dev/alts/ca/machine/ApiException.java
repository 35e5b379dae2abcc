package dev.alts.ca.machine;

import java.time.Duration;

/**
 * A call that cannot be answered as it was made. {@link ErrorMapping} alone turns it into a status.
 */
final class ApiException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final Code code;
  private final Duration retryAfter;

  ApiException(Code code, String message) {
    this(code, message, Duration.ZERO);
  }

  private ApiException(Code code, String message, Duration retryAfter) {
    super(message);
    this.code = code;
    this.retryAfter = retryAfter;
  }

  /** {@return a refusal that is over after {@code retryAfter}, which the caller is told} */
  static ApiException overloaded(String message, Duration retryAfter) {
    return new ApiException(Code.OVERLOADED, message, retryAfter);
  }

  /** {@return when asking again makes sense; zero: nothing is known about that} */
  Duration retryAfter() {
    return retryAfter;
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
