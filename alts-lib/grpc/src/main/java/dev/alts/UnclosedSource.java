package dev.alts;

import dev.alts.peer.CredentialSnapshot;
import dev.alts.peer.CredentialSource;
import java.util.function.Consumer;

/** A source that belongs to the application: channels and servers that end leave it open. */
record UnclosedSource(CredentialSource source) implements CredentialSource {
  @Override
  public CredentialSnapshot get() {
    return source.get();
  }

  @Override
  public Registration onUpdate(Consumer<CredentialSnapshot> listener) {
    return source.onUpdate(listener);
  }

  @Override
  public void close() {
    // the application closes it
  }
}
