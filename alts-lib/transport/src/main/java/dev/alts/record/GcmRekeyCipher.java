package dev.alts.record;

import dev.alts.crypto.AesGcm;
import dev.alts.crypto.Crypto;
import dev.alts.crypto.Hkdf;
import java.util.Arrays;

/**
 * {@code ALTSRP_GCM_AES128_REKEY} (record-protocol.md section 3): AES-128-GCM with empty AAD, nonce
 * = counter XOR key[32..43], key = Expand(key[0..31], counter bytes 2 to 7)[0..15], so a new key
 * every 2^16 frames.
 */
final class GcmRekeyCipher implements RecordCipher {
  private static final int KDF_KEY_BYTES = 32;
  private static final int NONCE_BYTES = AesGcm.NONCE_BYTES;
  private static final int AEAD_KEY_BYTES = 16;
  private static final int KDF_COUNTER_START = 2;
  private static final int KDF_COUNTER_END = 8;

  private final Hkdf hkdf;
  private final byte[] kdfKey;
  private final byte[] mask;
  private final byte[] masked = new byte[NONCE_BYTES];
  private final byte[] kdfCounter = new byte[KDF_COUNTER_END - KDF_COUNTER_START];
  private final AesGcm aead;

  GcmRekeyCipher(Crypto crypto, byte[] keyData) {
    this.hkdf = crypto.hkdf();
    this.kdfKey = Arrays.copyOf(keyData, KDF_KEY_BYTES);
    this.mask = Arrays.copyOfRange(keyData, KDF_KEY_BYTES, KDF_KEY_BYTES + NONCE_BYTES);
    byte[] first = deriveKey();
    this.aead = crypto.aesGcm(first);
    Arrays.fill(first, (byte) 0);
  }

  @Override
  public void seal(byte[] nonce, byte[] in, int inOffset, int length, byte[] out, int outOffset) {
    prepare(nonce);
    aead.seal(masked, in, inOffset, length, out, outOffset);
  }

  @Override
  public boolean open(
      byte[] nonce, byte[] in, int inOffset, int length, byte[] out, int outOffset) {
    prepare(nonce);
    return aead.open(masked, in, inOffset, length, out, outOffset);
  }

  private void prepare(byte[] nonce) {
    if (!Arrays.equals(
        kdfCounter, 0, kdfCounter.length, nonce, KDF_COUNTER_START, KDF_COUNTER_END)) {
      System.arraycopy(nonce, KDF_COUNTER_START, kdfCounter, 0, kdfCounter.length);
      byte[] next = deriveKey();
      aead.rekey(next);
      Arrays.fill(next, (byte) 0);
    }
    for (int i = 0; i < NONCE_BYTES; i++) {
      masked[i] = (byte) (nonce[i] ^ mask[i]);
    }
  }

  private byte[] deriveKey() {
    return hkdf.expand(kdfKey, kdfCounter, AEAD_KEY_BYTES);
  }
}
