package dev.alts.agent.delivery;

import org.jspecify.annotations.Nullable;

/**
 * Why a process gets no answer. {@link StatusInterceptor} is the one place that makes a gRPC status
 * of it.
 */
final class DeliveryException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Who has to do something about it. */
  enum Reason {
    /** Nobody: the agent has no answer yet, the caller tries again. */
    NOT_READY,
    /** The operator, if it is wrong: no rule gives the process what it asked for. */
    REFUSED,
    /** The caller's author: the request is wrong. */
    BAD_REQUEST,
    /** Nobody: this agent does not do that. */
    NOT_OFFERED
  }

  private final Reason reason;

  DeliveryException(Reason reason, @Nullable String message) {
    super(message);
    this.reason = reason;
  }

  Reason reason() {
    return reason;
  }
}
