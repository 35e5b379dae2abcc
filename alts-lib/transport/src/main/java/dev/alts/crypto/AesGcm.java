package dev.alts.crypto;

import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.Provider;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.ShortBufferException;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * AES-GCM with 12-byte nonces and 16-byte tags, on arrays: the JDK's is several times slower on
 * direct buffers. One key at a time; used in one direction only. Not thread-safe.
 */
public final class AesGcm {
  public static final int NONCE_BYTES = 12;
  public static final int TAG_BYTES = 16;

  private static final int TAG_BITS = 8 * TAG_BYTES;
  private static final byte[] NO_AAD = new byte[0];

  private final Cipher cipher;
  private final NonceSpec spec = new NonceSpec();
  private SecretKeySpec key;

  AesGcm(Provider provider, byte[] key) throws GeneralSecurityException {
    this.cipher = Cipher.getInstance("AES/GCM/NoPadding", provider);
    this.key = new SecretKeySpec(key, "AES");
  }

  /** Replaces the key; it is copied, and the caller wipes its own. */
  public void rekey(byte[] newKey) {
    key = new SecretKeySpec(newKey, "AES");
  }

  /**
   * Writes ciphertext and tag to {@code out}; {@code in} and {@code out} may be the same array at
   * the same offset.
   */
  public void seal(byte[] nonce, byte[] in, int inOffset, int length, byte[] out, int outOffset) {
    try {
      init(Cipher.ENCRYPT_MODE, nonce);
      cipher.doFinal(in, inOffset, length, out, outOffset);
    } catch (GeneralSecurityException e) {
      throw unusable(e);
    }
  }

  /**
   * Writes the plaintext of {@code length} bytes of ciphertext and tag to {@code out}, which may
   * hold anything after a failure and must not be looked at then.
   *
   * @return whether the tag is right
   */
  public boolean open(
      byte[] nonce, byte[] in, int inOffset, int length, byte[] out, int outOffset) {
    if (length < TAG_BYTES) {
      return false;
    }
    try {
      init(Cipher.DECRYPT_MODE, nonce);
      cipher.doFinal(in, inOffset, length, out, outOffset);
      return true;
    } catch (AEADBadTagException e) {
      return false;
    } catch (GeneralSecurityException e) {
      throw unusable(e);
    }
  }

  /** {@return ciphertext and tag} */
  public byte[] seal(byte[] nonce, byte[] plaintext, byte[] aad) {
    try {
      init(Cipher.ENCRYPT_MODE, nonce);
      cipher.updateAAD(aad);
      return cipher.doFinal(plaintext);
    } catch (GeneralSecurityException e) {
      throw unusable(e);
    }
  }

  /**
   * {@return the plaintext}
   *
   * @throws AEADBadTagException if it was not sealed with this key, nonce and data
   */
  public byte[] open(byte[] nonce, byte[] sealed, byte[] aad) throws AEADBadTagException {
    if (sealed.length < TAG_BYTES) {
      throw new AEADBadTagException("shorter than a tag");
    }
    try {
      init(Cipher.DECRYPT_MODE, nonce);
      cipher.updateAAD(aad);
      return cipher.doFinal(sealed);
    } catch (AEADBadTagException e) {
      throw e;
    } catch (GeneralSecurityException e) {
      throw unusable(e);
    }
  }

  /**
   * Writes the GMAC tag over {@code length} bytes of {@code data}: they are AAD, nothing is
   * plaintext.
   */
  public void authenticate(
      byte[] nonce, byte[] data, int offset, int length, byte[] out, int outOffset) {
    try {
      init(Cipher.ENCRYPT_MODE, nonce);
      cipher.updateAAD(data, offset, length);
      cipher.doFinal(NO_AAD, 0, 0, out, outOffset);
    } catch (GeneralSecurityException e) {
      throw unusable(e);
    }
  }

  private void init(int mode, byte[] nonce)
      throws InvalidKeyException, InvalidAlgorithmParameterException {
    spec.nonce = nonce;
    cipher.init(mode, key, spec);
  }

  private IllegalStateException unusable(GeneralSecurityException cause) {
    String why = cause instanceof ShortBufferException ? "output too short" : "provider";
    return new IllegalStateException(
        "AES-GCM: %s %s".formatted(why, cipher.getProvider().getName()), cause);
  }

  /**
   * One for all records: providers read it while they are initialized and keep only what it gives.
   */
  private static final class NonceSpec extends GCMParameterSpec {
    private static final byte[] NONE = new byte[0];

    private byte[] nonce = NONE;

    private NonceSpec() {
      super(TAG_BITS, NONE);
    }

    @Override
    public byte[] getIV() {
      // A copy each time: providers refuse the last nonce again, and must not see it change.
      return nonce.clone();
    }
  }
}
