package dev.alts.ca.admin.web;

/** An act takes a second admin and was not done; the caller gets 202 and how to go on. */
public final class AwaitsApprovalException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final long id;
  private final transient Object approval;

  public AwaitsApprovalException(long id, Object approval) {
    super("waits for approval " + id);
    this.id = id;
    this.approval = approval;
  }

  long id() {
    return id;
  }

  Object approval() {
    return approval;
  }
}
