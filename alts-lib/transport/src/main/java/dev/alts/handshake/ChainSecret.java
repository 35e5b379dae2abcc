package dev.alts.handshake;

import dev.alts.crypto.AltsKdf;
import dev.alts.identity.SecretBytes;
import java.util.Arrays;

/**
 * One of s0 to s3 (handshake.md section 3). The next one consumes it, so at any time there is one.
 * Does not print its secret; whoever holds it closes it.
 */
final class ChainSecret implements AutoCloseable {
  private static final byte[] ZEROS = new byte[AltsKdf.SECRET_BYTES];

  private final AltsKdf kdf;
  private final SecretBytes value;

  private ChainSecret(AltsKdf kdf, byte[] value) {
    this.kdf = kdf;
    this.value = SecretBytes.adopt(value);
  }

  /** {@return s0 of a full handshake} */
  static ChainSecret ofFullHandshake(AltsKdf kdf) {
    return new ChainSecret(kdf, kdf.extract(ZEROS, ZEROS));
  }

  /** {@return s0 of a resumed handshake; the resumption secret stays its owner's} */
  static ChainSecret ofResumption(AltsKdf kdf, SecretBytes resumptionSecret) {
    byte[] secret = resumptionSecret.exposeCopy();
    try {
      return new ChainSecret(kdf, kdf.extract(ZEROS, secret));
    } finally {
      Arrays.fill(secret, (byte) 0);
    }
  }

  /**
   * {@return the next secret of the chain; this one and {@code input} are wiped}
   *
   * @param context the transcript hash th1, or nothing for s1
   */
  ChainSecret next(byte[] context, byte[] input) {
    byte[] salt = expand("derived", context, AltsKdf.SECRET_BYTES);
    try {
      return new ChainSecret(kdf, kdf.extract(salt, input));
    } finally {
      Arrays.fill(salt, (byte) 0);
      Arrays.fill(input, (byte) 0);
      close();
    }
  }

  /** {@return the next secret where a resumed handshake has no Diffie-Hellman result to add} */
  ChainSecret nextWithoutInput(byte[] context) {
    return next(context, ZEROS.clone());
  }

  byte[] expand(String label, byte[] context, int length) {
    byte[] secret = value.exposeCopy();
    try {
      return kdf.expand(secret, label, context, length);
    } finally {
      Arrays.fill(secret, (byte) 0);
    }
  }

  byte[] authenticator(String label, byte[] transcriptHash) {
    byte[] secret = value.exposeCopy();
    try {
      return kdf.authenticator(secret, label, transcriptHash);
    } finally {
      Arrays.fill(secret, (byte) 0);
    }
  }

  SecretBytes value() {
    return value;
  }

  @Override
  public void close() {
    value.close();
  }

  @Override
  public String toString() {
    return "ChainSecret[redacted]";
  }
}
