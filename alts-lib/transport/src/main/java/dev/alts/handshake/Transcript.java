package dev.alts.handshake;

import dev.alts.crypto.Crypto;
import dev.alts.identity.Bytes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Hashes frames as they were sent or received, headers included; nothing is ever encoded again for
 * it (handshake.md section 11).
 */
final class Transcript {
  private static final byte[] PREFIX = "ALTS/1 transcript\0".getBytes(StandardCharsets.US_ASCII);

  private final Crypto crypto;
  private final byte[] clientInit;
  private final byte[] serverInit;

  Transcript(Crypto crypto, Bytes clientInit, Bytes serverInit) {
    this.crypto = crypto;
    this.clientInit = clientInit.toByteArray();
    this.serverInit = serverInit.toByteArray();
  }

  /** {@return the hash over ClientInit and ServerInit} */
  byte[] th1() {
    return crypto.sha256(PREFIX, clientInit, serverInit);
  }

  /** {@return the hash that the server authenticates} */
  byte[] th2(byte[] sealedParameters) {
    byte[] length =
        ByteBuffer.allocate(Integer.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt(sealedParameters.length)
            .array();
    return crypto.sha256(PREFIX, clientInit, serverInit, length, sealedParameters);
  }

  /** {@return the hash over everything up to and including ServerFinished} */
  byte[] th3(Bytes serverFinished) {
    return crypto.sha256(PREFIX, clientInit, serverInit, serverFinished.toByteArray());
  }
}
