package dev.alts.grpc;

import dev.alts.peer.CredentialSnapshot;
import dev.alts.peer.CredentialSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** A source whose snapshot a test replaces, as an agent does. */
final class SwappableSource implements CredentialSource {
  private final List<Consumer<CredentialSnapshot>> listeners = new CopyOnWriteArrayList<>();
  private volatile CredentialSnapshot current;

  public SwappableSource(CredentialSnapshot first) {
    this.current = first;
  }

  public void swap(CredentialSnapshot next) {
    current = next;
    listeners.forEach(listener -> listener.accept(next));
  }

  @Override
  public CredentialSnapshot get() {
    return current;
  }

  @Override
  public Registration onUpdate(Consumer<CredentialSnapshot> listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  @Override
  public void close() {}
}
