package dev.alts.agent.attestation;

import java.io.IOException;
import java.io.UncheckedIOException;

/** What the agent must know about itself. */
public final class OwnProcess {
  private OwnProcess() {}

  /** {@return the effective user that the agent runs as} */
  public static int uid() {
    try {
      // Not the owner of /proc/self: that is root once the process may not be dumped.
      return ProcessStatus.readSelf().uid();
    } catch (IOException e) {
      throw new UncheckedIOException("reading /proc/self: is /proc mounted?", e);
    }
  }
}
