package dev.alts.handshake;

import dev.alts.crypto.SmallOrderException;
import dev.alts.crypto.X25519;
import dev.alts.frame.Alert;
import dev.alts.frame.AltsProtocolException;
import dev.alts.identity.SecretBytes;
import java.security.SecureRandom;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * An X25519 private key with what it is used for. Does not print it; whoever makes it closes it.
 */
final class X25519Secret implements AutoCloseable {
  private final X25519 x25519;
  private final byte[] privateKey;
  private final byte @Nullable [] publicKey;

  private X25519Secret(X25519 x25519, byte[] privateKey, byte @Nullable [] publicKey) {
    this.x25519 = x25519;
    this.privateKey = privateKey;
    this.publicKey = publicKey;
  }

  /** {@return a fresh key, for one handshake} */
  static X25519Secret draw(X25519 x25519, SecureRandom random) {
    // Private half not copied: closing this wipes it.
    X25519.KeyPair pair = x25519.generate(random);
    return new X25519Secret(x25519, pair.privateKey(), pair.publicKey());
  }

  /** {@return a copy of a static key, so that closing it leaves the credential alone} */
  static X25519Secret copyOf(X25519 x25519, SecretBytes privateKey) {
    return new X25519Secret(x25519, privateKey.exposeCopy(), null);
  }

  byte[] publicKey() {
    return publicKey == null ? x25519.publicKey(privateKey) : publicKey.clone();
  }

  /**
   * {@return the shared secret with a peer's key, which the caller wipes}
   *
   * @throws AltsProtocolException HANDSHAKE_FAILED if it is zero (handshake.md section 3)
   */
  byte[] agree(byte[] peerKey) throws AltsProtocolException {
    try {
      return x25519.agree(privateKey, peerKey);
    } catch (SmallOrderException e) {
      throw new AltsProtocolException(Alert.HANDSHAKE_FAILED, "peer's key has a small order", e);
    }
  }

  @Override
  public void close() {
    Arrays.fill(privateKey, (byte) 0);
  }

  @Override
  public String toString() {
    return "X25519Secret[redacted]";
  }
}
