package dev.alts.record;

import dev.alts.crypto.AesGcm;
import dev.alts.crypto.Crypto;
import java.util.Arrays;

/**
 * {@code ALTSRP_GMAC_128} (record-protocol.md section 4): the payload in clear, followed by its
 * AES-128-GMAC; key = key[0..15], nonce = the unmasked counter.
 */
final class GmacCipher extends ClearPayloadCipher {
  private static final int KEY_BYTES = 16;

  private final AesGcm gmac;

  GmacCipher(Crypto crypto, byte[] keyData) {
    byte[] key = Arrays.copyOf(keyData, KEY_BYTES);
    this.gmac = crypto.gmac(key);
    Arrays.fill(key, (byte) 0);
  }

  @Override
  void tag(byte[] nonce, byte[] data, int offset, int length, byte[] out, int outOffset) {
    gmac.authenticate(nonce, data, offset, length, out, outOffset);
  }
}
