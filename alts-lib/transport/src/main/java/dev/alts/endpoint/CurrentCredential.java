package dev.alts.endpoint;

import dev.alts.peer.CredentialSnapshot;
import dev.alts.peer.CredentialSource;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The credential of one endpoint as it is now, and what follows from a change of it: first the
 * state is new, then everything that rests on the old one is judged again. A connection that
 * registers meanwhile is judged by the new state itself, so none slips through (handshake.md
 * section 7). Thread-safe.
 */
final class CurrentCredential implements AutoCloseable {
  private final CredentialSource source;
  private final CredentialSource.Registration updates;
  private final AtomicReference<@Nullable CredentialSnapshot> latest = new AtomicReference<>();

  /** Takes ownership of {@code source}. */
  CurrentCredential(CredentialSource source, Consumer<CredentialSnapshot> changed) {
    this.source = source;
    this.updates =
        source.onUpdate(snapshot -> {
          latest.set(snapshot);
          changed.accept(snapshot);
        });
  }

  /** {@return the credential for something new} May wait for the first one. */
  CredentialSnapshot await() {
    CredentialSnapshot snapshot = source.get();
    // an update may have come meanwhile, and is newer
    boolean unused = latest.compareAndSet(null, snapshot);
    return snapshot;
  }

  /**
   * {@return the newest state that is known, at once} Also an expired one, as the source would not
   * give it for anything new: what it says about revocation still counts.
   */
  CredentialSnapshot latest() {
    CredentialSnapshot snapshot = latest.get();
    return snapshot != null ? snapshot : await();
  }

  @Override
  public void close() {
    updates.close();
    source.close();
  }
}
