package dev.alts.ca.replica;

/**
 * A view of the database that this replica keeps in memory. After a lost lease every view is read
 * again before the replica acts.
 */
@FunctionalInterface
public interface CatchUp {
  /** Reads the view; throws if that fails, and the replica goes on waiting. */
  void catchUp();
}
