package dev.alts.peer;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Acts on all of several things, whichever of the acts fail: one connection that does not close
 * must not keep the others that were revoked with it. Confined to one thread.
 */
public final class AllOf<T> {
  private @Nullable RuntimeException failure;

  public void run(Consumer<T> act, T subject) {
    try {
      act.accept(subject);
    } catch (RuntimeException e) {
      if (failure == null) {
        failure = e;
      } else {
        failure.addSuppressed(e);
      }
    }
  }

  /** Throws what failed first, if anything did. */
  public void rethrow() {
    if (failure != null) {
      throw failure;
    }
  }
}
