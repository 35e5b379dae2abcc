package dev.alts.ca.database;

/** The embedded PostgreSQL does not start. */
public final class DatabaseStartException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  DatabaseStartException(String message) {
    super("embedded PostgreSQL: " + message);
  }
}
