package dev.alts.peer;

import java.util.function.Consumer;

/** A snapshot that nobody renews: tests, and tools that run shorter than it is valid. */
record FixedCredentialSource(CredentialSnapshot get) implements CredentialSource {
  @Override
  public Registration onUpdate(Consumer<CredentialSnapshot> listener) {
    return () -> {};
  }

  @Override
  public void close() {}
}
