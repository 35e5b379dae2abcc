package dev.alts.record;

import dev.alts.crypto.Crypto;
import dev.alts.crypto.Vmac;
import java.util.Arrays;

/**
 * {@code ALTSRP_VMAC_128} (handshake.md section 5): the payload in clear, followed by its VMAC-128;
 * key = key[0..15], nonce = the counter, left-padded.
 */
final class VmacCipher extends ClearPayloadCipher {
  private static final int KEY_BYTES = 16;

  private final Vmac vmac;

  VmacCipher(Crypto crypto, byte[] keyData) {
    byte[] key = Arrays.copyOf(keyData, KEY_BYTES);
    this.vmac = crypto.vmac(key, TAG_BYTES);
    Arrays.fill(key, (byte) 0);
  }

  @Override
  void tag(byte[] nonce, byte[] data, int offset, int length, byte[] out, int outOffset) {
    vmac.tag(nonce, data, offset, length, out, outOffset);
  }
}
