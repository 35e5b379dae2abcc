package dev.alts.cli.run;

import dev.alts.api.credentials.v1.CredentialSnapshot;
import dev.alts.identity.document.TrustDocument;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;

/** What the program is given now, and who wants to hear when that changes. Thread-safe. */
final class Served {
  /**
   * One state.
   *
   * @param snapshot for our library, complete but for its number
   * @param document by which SVIDs are verified
   */
  record State(CredentialSnapshot snapshot, JobCredentials credentials, TrustDocument document) {
    @Override
    public String toString() {
      return "State[%s]".formatted(credentials);
    }
  }

  private final AtomicReference<State> state;
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

  Served(State first) {
    this.state = new AtomicReference<>(first);
  }

  State now() {
    return state.get();
  }

  void replace(State next) {
    state.set(next);
    listeners.forEach(Runnable::run);
  }

  void onChange(Runnable listener) {
    listeners.add(listener);
  }

  void removeListener(Runnable listener) {
    listeners.remove(listener);
  }
}
