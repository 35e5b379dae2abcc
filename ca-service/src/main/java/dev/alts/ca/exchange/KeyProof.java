package dev.alts.ca.exchange;

import dev.alts.identity.Bytes;
import dev.alts.identity.crypto.EcdsaP256;
import dev.alts.identity.crypto.Sha256;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * What the holder of a token signs with each of the keys that certificates are wanted for: who only
 * saw the token cannot have it exchanged for keys of others, nor keys of others certified.
 *
 * <p>ECDSA over P-256 with SHA-256, DER, of the label {@code ALTS/1 token exchange}, a zero byte,
 * the SHA-256 of the token's text, of the master key's SubjectPublicKeyInfo and of the other key's.
 */
public final class KeyProof {
  private static final byte[] LABEL = "ALTS/1 token exchange\0".getBytes(StandardCharsets.US_ASCII);

  private KeyProof() {}

  /** {@return what is signed} */
  public static Bytes message(String token, Bytes masterSpki, Bytes tlsSpki) {
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    message.writeBytes(LABEL);
    message.writeBytes(
        Sha256.of(Bytes.copyOf(token.getBytes(StandardCharsets.US_ASCII))).toByteArray());
    message.writeBytes(Sha256.of(masterSpki).toByteArray());
    message.writeBytes(Sha256.of(tlsSpki).toByteArray());
    return Bytes.adopt(message.toByteArray());
  }

  /** {@return whether {@code signature} is by the key of {@code spki}, which is one of P-256} */
  static boolean holds(Bytes spki, Bytes message, Bytes signature) {
    EcdsaP256 ecdsa = EcdsaP256.best();
    return ecdsa.verify(
        ecdsa.decodePublicKey(spki), message.toByteArray(), signature.toByteArray());
  }
}
