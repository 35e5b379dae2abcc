package dev.alts.resumption;

import dev.alts.crypto.AesGcm;
import dev.alts.crypto.AltsKdf;
import dev.alts.crypto.Crypto;
import dev.alts.crypto.PaddedMessage;
import dev.alts.identity.Bytes;
import dev.alts.identity.SpiffeId;
import dev.alts.peer.ResumptionKey;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Function;
import javax.crypto.AEADBadTagException;

/**
 * Seals and opens tickets for one identity in one boundary (handshake.md section 6): salt(32) |
 * AES-256-GCM(padded TicketBody), key and nonce from the resumption key and the salt. Identity and
 * boundary are authenticated with it, so a ticket of one service is nothing to another.
 * Thread-safe.
 */
final class TicketSealer {
  static final int SALT_BYTES = 32;

  private static final int KEY_BYTES = 32;
  private static final String LABEL = "ticket";

  private final Crypto crypto;
  private final byte[] aad;

  TicketSealer(Crypto crypto, SpiffeId server, String boundary) {
    this.crypto = crypto;
    this.aad = (server + "\0" + boundary).getBytes(StandardCharsets.UTF_8);
  }

  /** {@return the ticket of an encoded TicketBody; {@code salt} is fresh randomness} */
  Bytes seal(ResumptionKey key, byte[] salt, byte[] body) {
    byte[] padded = PaddedMessage.pad(body);
    byte[] sealed = withCipher(key, salt, cipher -> cipher.aead.seal(cipher.nonce, padded, aad));
    Arrays.fill(padded, (byte) 0);
    return Bytes.adopt(
        ByteBuffer.allocate(salt.length + sealed.length).put(salt).put(sealed).array());
  }

  /**
   * {@return the encoded TicketBody, which the caller wipes, or empty if this key did not seal it}
   */
  Optional<byte[]> open(ResumptionKey key, Bytes ticket) {
    if (!PaddedMessage.isSealedLength(ticket.length() - SALT_BYTES)) {
      return Optional.empty();
    }
    ByteBuffer in = ticket.asByteBuffer();
    byte[] salt = new byte[SALT_BYTES];
    in.get(salt);
    byte[] sealed = new byte[in.remaining()];
    in.get(sealed);
    return withCipher(
        key,
        salt,
        cipher -> {
          try {
            byte[] padded = cipher.aead.open(cipher.nonce, sealed, aad);
            Optional<byte[]> body = PaddedMessage.unpad(padded);
            Arrays.fill(padded, (byte) 0);
            return body;
          } catch (AEADBadTagException e) {
            // Another key, another identity, or forged: the same to us.
            return Optional.<byte[]>empty();
          }
        });
  }

  private <T> T withCipher(ResumptionKey key, byte[] salt, Function<TicketCipher, T> use) {
    byte[] root = key.key().exposeCopy();
    byte[] material =
        new AltsKdf(crypto.hkdf()).expand(root, LABEL, salt, KEY_BYTES + AesGcm.NONCE_BYTES);
    byte[] aeadKey = Arrays.copyOf(material, KEY_BYTES);
    byte[] nonce = Arrays.copyOfRange(material, KEY_BYTES, material.length);
    try {
      return use.apply(new TicketCipher(crypto.aesGcm(aeadKey), nonce));
    } finally {
      Arrays.fill(root, (byte) 0);
      Arrays.fill(material, (byte) 0);
      Arrays.fill(aeadKey, (byte) 0);
    }
  }

  private static final class TicketCipher {
    private final AesGcm aead;
    private final byte[] nonce;

    private TicketCipher(AesGcm aead, byte[] nonce) {
      this.aead = aead;
      this.nonce = nonce;
    }
  }
}
