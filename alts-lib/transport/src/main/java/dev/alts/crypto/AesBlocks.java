package dev.alts.crypto;

import java.security.GeneralSecurityException;
import java.security.Provider;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * AES as a block cipher and as a key stream, for the MACs and modes that we build. Not thread-safe.
 */
final class AesBlocks {
  static final int BLOCK_BYTES = 16;

  private final Cipher block;
  private final Cipher counter;
  private final SecretKeySpec key;

  @SuppressWarnings("InsecureCryptoUsage") // single blocks, as VMAC's definition wants them
  AesBlocks(Provider provider, byte[] key) throws GeneralSecurityException {
    this.key = new SecretKeySpec(key, "AES");
    this.block = Cipher.getInstance("AES/ECB/NoPadding", provider);
    this.block.init(Cipher.ENCRYPT_MODE, this.key);
    this.counter = Cipher.getInstance("AES/CTR/NoPadding", provider);
  }

  /** Encrypts one block. */
  void encrypt(byte[] in, byte[] out) {
    try {
      block.update(in, 0, BLOCK_BYTES, out, 0);
    } catch (GeneralSecurityException e) {
      throw unusable(e);
    }
  }

  /** Adds the key stream that starts at the counter block {@code start}. In place is fine. */
  void xorKeyStream(byte[] start, byte[] in, int inOffset, int length, byte[] out, int outOffset) {
    try {
      counter.init(Cipher.ENCRYPT_MODE, key, new IvParameterSpec(start));
      counter.doFinal(in, inOffset, length, out, outOffset);
    } catch (GeneralSecurityException e) {
      throw unusable(e);
    }
  }

  private static IllegalStateException unusable(GeneralSecurityException cause) {
    return new IllegalStateException("AES: provider", cause);
  }
}
