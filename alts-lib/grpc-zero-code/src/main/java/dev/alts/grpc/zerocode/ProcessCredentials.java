package dev.alts.grpc.zerocode;

import dev.alts.credentials.AgentCredentialSource;
import dev.alts.peer.CredentialSource;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The agent's credentials for everything that is taken over, on one stream from the first use to
 * the end of the process: a program that makes a channel for every call would connect to its agent
 * for every call, and end before its report is carried. Thread-safe.
 */
final class ProcessCredentials implements Supplier<CredentialSource> {
  private final AgentCredentialSource.Settings settings;
  private @Nullable CredentialSource kept;

  ProcessCredentials(AgentCredentialSource.Settings settings) {
    this.settings = settings;
  }

  /** {@return a handle that its user closes} */
  @Override
  public synchronized CredentialSource get() {
    if (kept == null) {
      kept = AgentCredentialSource.shared(settings);
    }
    return AgentCredentialSource.shared(settings);
  }
}
