package dev.alts.handshake;

import dev.alts.crypto.Crypto;
import dev.alts.identity.verify.PeerVerifier;
import java.security.SecureRandom;
import java.time.InstantSource;

/**
 * What all handshakes of a process share.
 *
 * @param verifier holds the cache of verified peers, so share it
 * @param random every secret and every nonce of a handshake comes from here, whatever the provider
 */
public record HandshakeEnvironment(
    Crypto crypto, PeerVerifier verifier, InstantSource clock, SecureRandom random) {
  /** {@return which provider does what, in one line for the log} */
  public String providers() {
    return "%s, ECDSA P-256 %s".formatted(crypto.description(), verifier.signatureProviderName());
  }
}
