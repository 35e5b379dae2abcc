package dev.alts.agent.delivery;

import org.jspecify.annotations.Nullable;

/**
 * Why a process gets no answer. {@link StatusInterceptor} is the one place that makes a gRPC status
 * of it.
 */
public final class DeliveryException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Who has to do something about it. */
  public enum Reason {
    /** Nobody: the agent has no answer yet, the caller tries again. */
    NOT_READY,
    /** The operator, if it is wrong: no rule gives the process what it asked for. */
    REFUSED,
    /** The caller's author: the request is wrong. */
    BAD_REQUEST,
    /** Nobody: this agent does not do that. */
    NOT_OFFERED,
    /** Nobody: others have the room; the caller tries again later. */
    OVERLOADED,
    /** Nobody here: it took too long. */
    TOO_LATE,
    /** Whoever runs the other end: it did not prove who it is, or is not who it should be. */
    PEER_REFUSED,
    /** Whoever runs the other end: it broke the protocol, or ended it. */
    PEER_FAILED
  }

  private final Reason reason;

  public DeliveryException(Reason reason, @Nullable String message) {
    super(message);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
