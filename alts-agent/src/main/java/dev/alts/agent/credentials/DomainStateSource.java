package dev.alts.agent.credentials;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;

/**
 * The current {@link DomainState} and who wants to know of changes. Thread-safe; listeners are
 * called by whoever made the change and must be quick.
 */
public final class DomainStateSource {
  private final AtomicReference<DomainState> current;
  private final List<BiConsumer<DomainState, DomainState>> listeners = new CopyOnWriteArrayList<>();

  public DomainStateSource(DomainState first) {
    this.current = new AtomicReference<>(first);
  }

  public DomainState get() {
    return current.get();
  }

  /** Replaces the state by what {@code change} makes of it; listeners see old and new. */
  public void update(UnaryOperator<DomainState> change) {
    DomainState before;
    DomainState after;
    do {
      before = current.get();
      after = change.apply(before);
    } while (!current.compareAndSet(before, after));
    if (!after.equals(before)) {
      for (BiConsumer<DomainState, DomainState> listener : listeners) {
        listener.accept(before, after);
      }
    }
  }

  public void onUpdate(BiConsumer<DomainState, DomainState> listener) {
    listeners.add(listener);
  }

  public void removeListener(BiConsumer<DomainState, DomainState> listener) {
    listeners.remove(listener);
  }
}
