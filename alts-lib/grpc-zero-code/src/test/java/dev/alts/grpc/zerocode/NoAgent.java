package dev.alts.grpc.zerocode;

import dev.alts.credentials.AgentCredentialSource;
import dev.alts.credentials.AgentSocket;
import dev.alts.peer.CredentialSource;
import java.nio.file.Path;
import java.time.Duration;

/** The credentials of a process on a machine where no agent runs. */
final class NoAgent {
  private NoAgent() {}

  static CredentialSource in(Path directory) {
    return AgentCredentialSource.open(
        AgentCredentialSource.Settings.ofThisProcess()
            .withSocket(new AgentSocket(directory.resolve("agent.sock")))
            .withFirstSnapshotTimeout(Duration.ofSeconds(1)));
  }
}
