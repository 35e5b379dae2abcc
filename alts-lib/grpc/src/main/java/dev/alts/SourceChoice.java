package dev.alts;

import dev.alts.credentials.AgentCredentialSource;
import dev.alts.credentials.AgentSocket;
import dev.alts.identity.SpiffeId;
import dev.alts.peer.CredentialSource;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where the credentials of a channel or server come from: an own source, or the agent's, which all
 * users of one socket and identity share.
 */
record SourceChoice(
    @Nullable CredentialSource own,
    @Nullable Path agentSocket,
    @Nullable SpiffeId identity,
    Duration firstCredentialTimeout)
    implements Supplier<CredentialSource> {
  static final SourceChoice AGENT = new SourceChoice(null, null, null, Duration.ofSeconds(30));

  SourceChoice with(CredentialSource source) {
    return new SourceChoice(source, agentSocket, identity, firstCredentialTimeout);
  }

  SourceChoice with(Path socket) {
    return new SourceChoice(own, socket, identity, firstCredentialTimeout);
  }

  SourceChoice with(SpiffeId id) {
    return new SourceChoice(own, agentSocket, id, firstCredentialTimeout);
  }

  SourceChoice with(Duration timeout) {
    return new SourceChoice(own, agentSocket, identity, timeout);
  }

  /** {@return a handle that its user closes} */
  @Override
  public CredentialSource get() {
    if (own != null) {
      return new UnclosedSource(own);
    }
    AgentCredentialSource.Settings settings =
        AgentCredentialSource.Settings.ofThisProcess()
            .withFirstSnapshotTimeout(firstCredentialTimeout);
    if (agentSocket != null) {
      settings = settings.withSocket(new AgentSocket(agentSocket));
    }
    return AgentCredentialSource.shared(
        identity == null ? settings : settings.withIdentity(identity));
  }
}
