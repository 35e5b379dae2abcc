package dev.alts.ca.authority;

import dev.alts.identity.Bytes;
import dev.alts.identity.SecretBytes;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Wraps secrets under the key-encryption key for keeping in the database: AES-256-GCM with a random
 * nonce, the row's identity as associated data. Thread-safe.
 */
public final class KeyCustody {
  private static final byte FORMAT = 1;
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;

  private final SecretKey key;
  private final SecureRandom random;

  /**
   * @param keyEncryptionKey 32 bytes; copied, so the caller closes it
   */
  public KeyCustody(SecretBytes keyEncryptionKey, SecureRandom random) {
    if (keyEncryptionKey.length() != KeyEncryptionKeyFile.KEY_BYTES) {
      throw new IllegalArgumentException(
          "key-encryption key: %d bytes (expected: 32)".formatted(keyEncryptionKey.length()));
    }
    byte[] copy = keyEncryptionKey.exposeCopy();
    this.key = new SecretKeySpec(copy, "AES");
    Arrays.fill(copy, (byte) 0);
    this.random = random;
  }

  /** {@return {@code secret}, sealed for {@code row} and no other} */
  public Bytes seal(RowIdentity row, SecretBytes secret) {
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    byte[] plain = secret.exposeCopy();
    try {
      byte[] sealed = new byte[1 + NONCE_BYTES + plain.length + TAG_BITS / 8];
      sealed[0] = FORMAT;
      System.arraycopy(nonce, 0, sealed, 1, NONCE_BYTES);
      Cipher cipher = cipher(Cipher.ENCRYPT_MODE, nonce, row);
      cipher.doFinal(plain, 0, plain.length, sealed, 1 + NONCE_BYTES);
      return Bytes.copyOf(sealed);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("sealing " + row, e);
    } finally {
      Arrays.fill(plain, (byte) 0);
    }
  }

  /**
   * {@return the secret that was sealed for {@code row}; the caller closes it}
   *
   * @throws WrappedKeyException if it does not open: wrong key-encryption key, or the row was
   *     altered
   */
  public SecretBytes open(RowIdentity row, Bytes sealed) {
    byte[] input = sealed.toByteArray();
    if (input.length < 1 + NONCE_BYTES + TAG_BITS / 8 || input[0] != FORMAT) {
      throw new WrappedKeyException(row, null);
    }
    try {
      Cipher cipher =
          cipher(Cipher.DECRYPT_MODE, Arrays.copyOfRange(input, 1, 1 + NONCE_BYTES), row);
      return SecretBytes.adopt(
          cipher.doFinal(input, 1 + NONCE_BYTES, input.length - 1 - NONCE_BYTES));
    } catch (AEADBadTagException e) {
      throw new WrappedKeyException(row, e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("opening " + row, e);
    }
  }

  @Override
  public String toString() {
    return "KeyCustody[redacted]";
  }

  private Cipher cipher(int mode, byte[] nonce, RowIdentity row) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD(("alts ca " + row).getBytes(StandardCharsets.UTF_8));
    return cipher;
  }
}
