package dev.alts.ca.jwt;

/** A token would be the first of its decision, and its machine has had too many of these. */
public final class TooManyDecisionsException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  TooManyDecisionsException() {
    super("too many decisions that were not there before");
  }
}
