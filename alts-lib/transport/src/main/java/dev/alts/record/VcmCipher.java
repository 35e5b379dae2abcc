package dev.alts.record;

import dev.alts.crypto.AesKeyStream;
import dev.alts.crypto.Crypto;
import dev.alts.crypto.Vmac;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * {@code ALTSRP_VCM_AES128} (handshake.md section 5): counter mode under Kc = key[0..15], then
 * VMAC-128 of the ciphertext under Km = key[16..31]; n = counter XOR key[32..43]. Two keys, since
 * under one key a counter block could equal a block from which VMAC derives its own keys.
 */
final class VcmCipher implements RecordCipher {
  private static final int KEY_BYTES = 16;
  private static final int NONCE_BYTES = 12;

  private final AesKeyStream keyStream;
  private final Vmac vmac;
  private final byte[] mask;
  private final byte[] masked = new byte[NONCE_BYTES];
  private final byte[] firstBlock = new byte[NONCE_BYTES + Integer.BYTES];
  private final byte[] expected = new byte[TAG_BYTES];
  private final byte[] received = new byte[TAG_BYTES];

  VcmCipher(Crypto crypto, byte[] keyData) {
    byte[] kc = Arrays.copyOf(keyData, KEY_BYTES);
    byte[] km = Arrays.copyOfRange(keyData, KEY_BYTES, 2 * KEY_BYTES);
    this.keyStream = crypto.aesKeyStream(kc);
    this.vmac = crypto.vmac(km, TAG_BYTES);
    this.mask = Arrays.copyOfRange(keyData, 2 * KEY_BYTES, 2 * KEY_BYTES + NONCE_BYTES);
    Arrays.fill(kc, (byte) 0);
    Arrays.fill(km, (byte) 0);
    // n | BE32 i with i = 1 for the first block
    firstBlock[firstBlock.length - 1] = 1;
  }

  @Override
  public void seal(byte[] nonce, byte[] in, int inOffset, int length, byte[] out, int outOffset) {
    prepare(nonce);
    keyStream.xor(firstBlock, in, inOffset, length, out, outOffset);
    vmac.tag(masked, out, outOffset, length, out, outOffset + length);
  }

  @Override
  public boolean open(
      byte[] nonce, byte[] in, int inOffset, int length, byte[] out, int outOffset) {
    prepare(nonce);
    int payload = length - TAG_BYTES;
    vmac.tag(masked, in, inOffset, payload, expected, 0);
    System.arraycopy(in, inOffset + payload, received, 0, TAG_BYTES);
    if (!MessageDigest.isEqual(expected, received)) {
      return false;
    }
    keyStream.xor(firstBlock, in, inOffset, payload, out, outOffset);
    return true;
  }

  private void prepare(byte[] nonce) {
    for (int i = 0; i < NONCE_BYTES; i++) {
      masked[i] = (byte) (nonce[i] ^ mask[i]);
    }
    System.arraycopy(masked, 0, firstBlock, 0, NONCE_BYTES);
  }
}
