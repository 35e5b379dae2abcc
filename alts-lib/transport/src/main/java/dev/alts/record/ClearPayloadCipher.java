package dev.alts.record;

import java.security.MessageDigest;

/** What integrity-only protocols share: the payload as it is, then its tag. */
abstract sealed class ClearPayloadCipher implements RecordCipher permits GmacCipher, VmacCipher {
  private final byte[] expected = new byte[TAG_BYTES];
  private final byte[] received = new byte[TAG_BYTES];

  /** Writes the tag over {@code data}. */
  abstract void tag(byte[] nonce, byte[] data, int offset, int length, byte[] out, int outOffset);

  @Override
  public final void seal(
      byte[] nonce, byte[] in, int inOffset, int length, byte[] out, int outOffset) {
    move(in, inOffset, length, out, outOffset);
    tag(nonce, out, outOffset, length, out, outOffset + length);
  }

  @Override
  public final boolean open(
      byte[] nonce, byte[] in, int inOffset, int length, byte[] out, int outOffset) {
    int payload = length - TAG_BYTES;
    tag(nonce, in, inOffset, payload, expected, 0);
    System.arraycopy(in, inOffset + payload, received, 0, TAG_BYTES);
    if (!MessageDigest.isEqual(expected, received)) {
      return false;
    }
    move(in, inOffset, payload, out, outOffset);
    return true;
  }

  @SuppressWarnings("ReferenceEquality") // whether it is one and the same array is the question
  private static void move(byte[] in, int inOffset, int length, byte[] out, int outOffset) {
    // In place there is nothing to do, and a copy of a long record onto itself costs a tenth of it.
    if (in != out || inOffset != outOffset) {
      System.arraycopy(in, inOffset, out, outOffset, length);
    }
  }
}
