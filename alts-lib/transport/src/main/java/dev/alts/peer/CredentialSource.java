package dev.alts.peer;

import java.util.function.Consumer;

/**
 * Live supplier of the own credential. Thread-safe. A snapshot stays valid for the handshake that
 * took it, also when a newer one has replaced it meanwhile.
 */
public interface CredentialSource extends AutoCloseable {
  /** {@return the current snapshot; waits for the first one if the source says so} */
  CredentialSnapshot get();

  /**
   * Calls {@code listener} with every later snapshot, on a thread of the source, until the returned
   * handle is closed.
   */
  Registration onUpdate(Consumer<CredentialSnapshot> listener);

  @Override
  void close();

  /** {@return a source of one snapshot that never changes; closing it leaves the snapshot alone} */
  static CredentialSource of(CredentialSnapshot snapshot) {
    return new FixedCredentialSource(snapshot);
  }

  /** Handle of a listener; closing it ends the calls and may be repeated. */
  interface Registration extends AutoCloseable {
    @Override
    void close();
  }
}
