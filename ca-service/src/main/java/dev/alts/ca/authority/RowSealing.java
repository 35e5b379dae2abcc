package dev.alts.ca.authority;

import dev.alts.identity.Bytes;
import dev.alts.identity.SecretBytes;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Provider;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import org.jspecify.annotations.Nullable;

/**
 * AES-256-GCM with a random nonce, the row's identity as associated data. The key may be one that
 * only its provider can use. Thread-safe.
 */
final class RowSealing {
  private static final byte FORMAT = 1;
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;
  private static final int OVERHEAD = 1 + NONCE_BYTES + TAG_BITS / 8;

  private final SecretKey key;
  private final @Nullable Provider provider;
  private final SecureRandom random;

  /**
   * @param provider of the key; null: whichever the platform prefers
   */
  RowSealing(SecretKey key, @Nullable Provider provider, SecureRandom random) {
    this.key = key;
    this.provider = provider;
    this.random = random;
  }

  Bytes seal(RowIdentity row, SecretBytes secret) throws GeneralSecurityException {
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    byte[] plain = secret.exposeCopy();
    try {
      byte[] sealed = new byte[OVERHEAD + plain.length];
      sealed[0] = FORMAT;
      System.arraycopy(nonce, 0, sealed, 1, NONCE_BYTES);
      cipher(Cipher.ENCRYPT_MODE, nonce, row)
          .doFinal(plain, 0, plain.length, sealed, 1 + NONCE_BYTES);
      return Bytes.copyOf(sealed);
    } finally {
      Arrays.fill(plain, (byte) 0);
    }
  }

  /**
   * @throws WrappedKeyException if it does not open
   */
  SecretBytes open(RowIdentity row, Bytes sealed) throws GeneralSecurityException {
    byte[] input = sealed.toByteArray();
    if (input.length < OVERHEAD || input[0] != FORMAT) {
      throw new WrappedKeyException(row, null);
    }
    byte[] nonce = Arrays.copyOfRange(input, 1, 1 + NONCE_BYTES);
    try {
      return SecretBytes.adopt(
          cipher(Cipher.DECRYPT_MODE, nonce, row)
              .doFinal(input, 1 + NONCE_BYTES, input.length - 1 - NONCE_BYTES));
    } catch (AEADBadTagException e) {
      throw new WrappedKeyException(row, e);
    }
  }

  private Cipher cipher(int mode, byte[] nonce, RowIdentity row) throws GeneralSecurityException {
    Cipher cipher =
        provider == null
            ? Cipher.getInstance("AES/GCM/NoPadding")
            : Cipher.getInstance("AES/GCM/NoPadding", provider);
    cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD(("alts ca " + row).getBytes(StandardCharsets.UTF_8));
    return cipher;
  }
}
