package dev.alts.identity.crypto;

import dev.alts.identity.Bytes;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.HexFormat;

/**
 * Verifies Ed25519 (RFC 8032), which issuers of tokens may sign with; nothing of ours is signed so.
 */
public final class Ed25519 {
  private static final int KEY_BYTES = 32;

  /** SubjectPublicKeyInfo up to the key itself (RFC 8410). */
  private static final byte[] SPKI = HexFormat.of().parseHex("302a300506032b6570032100");

  private Ed25519() {}

  /**
   * {@return whether the signature of {@code message} is by this key} Whatever is no key is none.
   */
  public static boolean verify(Bytes publicKey, Bytes message, Bytes signature) {
    if (publicKey.length() != KEY_BYTES) {
      return false;
    }
    byte[] spki = new byte[SPKI.length + KEY_BYTES];
    System.arraycopy(SPKI, 0, spki, 0, SPKI.length);
    System.arraycopy(publicKey.toByteArray(), 0, spki, SPKI.length, KEY_BYTES);
    try {
      PublicKey key =
          KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(spki));
      Signature verifier = Signature.getInstance("Ed25519");
      verifier.initVerify(key);
      verifier.update(message.toByteArray());
      return verifier.verify(signature.toByteArray());
    } catch (GeneralSecurityException e) {
      return false;
    }
  }
}
