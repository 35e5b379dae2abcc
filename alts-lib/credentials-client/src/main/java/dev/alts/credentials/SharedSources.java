package dev.alts.credentials;

import dev.alts.identity.SpiffeId;
import dev.alts.peer.CredentialSnapshot;
import dev.alts.peer.CredentialSource;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Sources that several users share, one per socket and identity: a process with fifty channels
 * keeps one stream to its agent. Thread-safe.
 */
final class SharedSources {
  /** The one registry of the process; everything else in the library is passed by hand. */
  static final SharedSources OF_THIS_PROCESS = new SharedSources(AgentCredentialSource::open);

  private final Function<AgentCredentialSource.Settings, PatientSource> opener;
  private final Map<Key, Shared> open = new HashMap<>();

  private record Key(AgentSocket socket, @Nullable SpiffeId identity) {}

  SharedSources(Function<AgentCredentialSource.Settings, PatientSource> opener) {
    this.opener = opener;
  }

  synchronized CredentialSource acquire(AgentCredentialSource.Settings settings) {
    Key key = new Key(settings.socket(), settings.identity());
    Shared shared = open.get(key);
    if (shared == null) {
      shared = new Shared(opener.apply(settings));
      open.put(key, shared);
    }
    shared.users++;
    return new Handle(key, shared, Patience.of(settings));
  }

  synchronized int openSources() {
    return open.size();
  }

  private void release(Key key, Shared shared) {
    synchronized (this) {
      shared.users--;
      if (shared.users > 0) {
        return;
      }
      open.remove(key);
    }
    shared.source.close();
  }

  private static final class Shared {
    final PatientSource source;
    int users;

    Shared(PatientSource source) {
      this.source = source;
    }
  }

  private final class Handle implements CredentialSource {
    private final Key key;
    private final Shared shared;
    private final Patience patience;
    private final AtomicBoolean closed = new AtomicBoolean();

    Handle(Key key, Shared shared, Patience patience) {
      this.key = key;
      this.shared = shared;
      this.patience = patience;
    }

    @Override
    public CredentialSnapshot get() {
      if (closed.get()) {
        throw new CredentialsUnavailableException("credential source: already closed");
      }
      return shared.source.get(patience);
    }

    @Override
    public Registration onUpdate(Consumer<CredentialSnapshot> listener) {
      return shared.source.onUpdate(listener);
    }

    @Override
    public void close() {
      if (closed.compareAndSet(false, true)) {
        release(key, shared);
      }
    }
  }
}
