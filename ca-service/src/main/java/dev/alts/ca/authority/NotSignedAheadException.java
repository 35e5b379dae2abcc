package dev.alts.ca.authority;

/** The root is offline and has signed no trust document that says what was to become true. */
public final class NotSignedAheadException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  NotSignedAheadException() {
    super(
        "The root is offline and has signed no trust document ahead that says this. Nothing was"
            + " changed: altsctl offline-root export, sign, import.");
  }
}
