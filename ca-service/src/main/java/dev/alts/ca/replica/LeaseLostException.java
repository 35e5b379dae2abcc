package dev.alts.ca.replica;

/** This replica may not act now. Another one may, or this one after it has caught up. */
public final class LeaseLostException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  LeaseLostException() {
    super("this replica has no lease at the moment; ask another one, or again");
  }
}
