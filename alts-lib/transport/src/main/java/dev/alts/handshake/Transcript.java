package dev.alts.handshake;

import dev.alts.crypto.Crypto;
import dev.alts.identity.Bytes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/**
 * Hashes frames as they were sent or received, headers included; nothing is ever encoded again for
 * it (handshake.md section 11). Not thread-safe.
 */
final class Transcript {
  private static final byte[] PREFIX = "ALTS/1 transcript\0".getBytes(StandardCharsets.US_ASCII);

  private final Crypto crypto;
  private final Bytes clientInit;
  private final Bytes serverInit;

  /** Has hashed both messages, and is copied where more follows. */
  private final MessageDigest beginning;

  Transcript(Crypto crypto, Bytes clientInit, Bytes serverInit) {
    this.crypto = crypto;
    this.clientInit = clientInit;
    this.serverInit = serverInit;
    this.beginning = hashed();
  }

  /** {@return the hash over ClientInit and ServerInit} */
  byte[] th1() {
    return copyOfBeginning().digest();
  }

  /** {@return the hash that the server authenticates} */
  byte[] th2(byte[] sealedParameters) {
    byte[] length =
        ByteBuffer.allocate(Integer.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt(sealedParameters.length)
            .array();
    MessageDigest digest = copyOfBeginning();
    digest.update(length);
    return digest.digest(sealedParameters);
  }

  /** {@return the hash over everything up to and including ServerFinished} */
  byte[] th3(Bytes serverFinished) {
    MessageDigest digest = copyOfBeginning();
    serverFinished.update(digest);
    return digest.digest();
  }

  private MessageDigest hashed() {
    MessageDigest digest = crypto.newSha256();
    digest.update(PREFIX);
    clientInit.update(digest);
    serverInit.update(digest);
    return digest;
  }

  private MessageDigest copyOfBeginning() {
    try {
      return (MessageDigest) beginning.clone();
    } catch (CloneNotSupportedException e) {
      // A provider that somebody put before the JDK's may keep its state where it cannot be copied.
      return hashed();
    }
  }
}
