package dev.alts.agent.credentials;

import dev.alts.identity.SecretBytes;
import dev.alts.wire.handshake.v1.Credential;
import java.time.Instant;

/**
 * A handshake certificate with the key that it certifies. The key is not wiped when the next one is
 * made: libraries may still be in a handshake with it, and snapshots of it may be on their way.
 */
final class HandshakeCredential {
  private final Credential credential;
  private final SecretBytes x25519PrivateKey;
  private final Instant remakeAt;
  private final Instant notAfter;

  HandshakeCredential(
      Credential credential, SecretBytes x25519PrivateKey, Instant remakeAt, Instant notAfter) {
    this.credential = credential;
    this.x25519PrivateKey = x25519PrivateKey;
    this.remakeAt = remakeAt;
    this.notAfter = notAfter;
  }

  /** {@return what peers are shown} */
  Credential credential() {
    return credential;
  }

  SecretBytes x25519PrivateKey() {
    return x25519PrivateKey;
  }

  Instant notAfter() {
    return notAfter;
  }

  boolean isDue(Instant now) {
    return !now.isBefore(remakeAt);
  }

  @Override
  public String toString() {
    return "HandshakeCredential[until %s, key redacted]".formatted(notAfter);
  }
}
