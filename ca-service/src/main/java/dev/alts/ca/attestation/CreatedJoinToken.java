package dev.alts.ca.attestation;

import dev.alts.identity.document.BootstrapToken;
import java.time.Instant;

/**
 * A join token that exists nowhere else: the CA keeps only a hash. Whoever asked for it closes it.
 */
public final class CreatedJoinToken implements AutoCloseable {
  private final BootstrapToken token;
  private final MachineName machine;
  private final Instant expiresAt;

  CreatedJoinToken(BootstrapToken token, MachineName machine, Instant expiresAt) {
    this.token = token;
    this.machine = machine;
    this.expiresAt = expiresAt;
  }

  public BootstrapToken token() {
    return token;
  }

  public MachineName machine() {
    return machine;
  }

  public Instant expiresAt() {
    return expiresAt;
  }

  @Override
  public void close() {
    token.close();
  }

  @Override
  public String toString() {
    return "CreatedJoinToken[%s, until %s]".formatted(machine, expiresAt);
  }
}
