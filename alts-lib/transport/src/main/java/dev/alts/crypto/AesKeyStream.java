package dev.alts.crypto;

/** The key stream AES(start), AES(start + 1), ... of counter mode. Not thread-safe. */
public final class AesKeyStream {
  private final AesBlocks aes;

  AesKeyStream(AesBlocks aes) {
    this.aes = aes;
  }

  /**
   * Writes {@code in} XOR key stream to {@code out}; both may be the same array at the same offset.
   *
   * @param start first counter block, 16 bytes
   */
  public void xor(byte[] start, byte[] in, int inOffset, int length, byte[] out, int outOffset) {
    aes.xorKeyStream(start, in, inOffset, length, out, outOffset);
  }
}
