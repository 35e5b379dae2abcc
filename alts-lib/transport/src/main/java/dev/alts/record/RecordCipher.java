package dev.alts.record;

/**
 * One record protocol in one direction under one key: the seam behind which each protocol is one
 * small class. Nonces come from {@link RecordSequence}. Not thread-safe.
 */
interface RecordCipher {
  int TAG_BYTES = 16;

  /**
   * Writes protected payload and tag, {@code length + 16} bytes. {@code in} and {@code out} may be
   * the same array at the same offset.
   *
   * @param nonce the 12 counter bytes, unmasked
   */
  void seal(byte[] nonce, byte[] in, int inOffset, int length, byte[] out, int outOffset);

  /**
   * Writes the payload of {@code length} bytes of protected payload and tag to {@code out}, a
   * staging array that nobody sees until this returned true. {@code in} and {@code out} may be the
   * same array at the same offset.
   *
   * @return whether the tag is right
   */
  boolean open(byte[] nonce, byte[] in, int inOffset, int length, byte[] out, int outOffset);
}
