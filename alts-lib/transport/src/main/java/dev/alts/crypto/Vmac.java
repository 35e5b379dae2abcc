package dev.alts.crypto;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * VMAC (draft-krovetz-vmac-01) with tags of one or two 64-bit lanes. A nonce must never repeat
 * under a key. Not thread-safe.
 *
 * <p>Section numbers are those of the draft. All arithmetic is on unsigned 64-bit words.
 */
public final class Vmac {
  private static final VarHandle LITTLE_ENDIAN =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle BIG_ENDIAN =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private static final int L1_BLOCK_BYTES = 128;
  private static final int L1_BLOCK_WORDS = L1_BLOCK_BYTES / 8;
  private static final long POLY_KEY_MASK = 0x1fffffff1fffffffL;
  private static final long MASK_62 = 0x3fffffffffffffffL;
  private static final long MASK_63 = 0x7fffffffffffffffL;

  /** 2^64 - 257. */
  private static final long P64 = -257;

  /** 2^64 - 2^32. */
  private static final long L3_DIVISOR = -(1L << 32);

  private final AesBlocks aes;
  private final int lanes;
  private final long[] l1Key;
  private final long[] polyKeyHigh;
  private final long[] polyKeyLow;
  private final long[] l3Key;
  private final byte[] tail = new byte[L1_BLOCK_BYTES];
  private final byte[] nonceBlock = new byte[AesBlocks.BLOCK_BYTES];
  private final byte[] pad = new byte[AesBlocks.BLOCK_BYTES];
  // y of the polynomial step, 127 bits
  private long high;
  private long low;

  /** {@code tagBytes}: 8 or 16. */
  Vmac(AesBlocks aes, int tagBytes) {
    this.aes = aes;
    this.lanes = tagBytes / 8;
    this.l1Key = deriveWords(0x80, L1_BLOCK_WORDS + 2 * (lanes - 1));
    long[] poly = deriveWords(0xC0, 2 * lanes);
    this.polyKeyHigh = new long[lanes];
    this.polyKeyLow = new long[lanes];
    for (int lane = 0; lane < lanes; lane++) {
      polyKeyHigh[lane] = poly[2 * lane] & POLY_KEY_MASK;
      polyKeyLow[lane] = poly[2 * lane + 1] & POLY_KEY_MASK;
    }
    this.l3Key = deriveL3Key();
  }

  /**
   * Writes the tag over {@code length} bytes of {@code data}.
   *
   * @param nonce at most 16 bytes, as a number below 2^127
   */
  public void tag(byte[] nonce, byte[] data, int offset, int length, byte[] out, int outOffset) {
    pad(nonce);
    for (int lane = 0; lane < lanes; lane++) {
      polynomial(lane, data, offset, length);
      long tag = l3Hash(lane) + padOf(lane);
      BIG_ENDIAN.set(out, outOffset + 8 * lane, tag);
    }
  }

  private void pad(byte[] nonce) {
    if (nonce.length > AesBlocks.BLOCK_BYTES
        || (nonce.length == AesBlocks.BLOCK_BYTES && nonce[0] < 0)) {
      throw new IllegalArgumentException("VMAC nonce: 2^127 or more");
    }
    Arrays.fill(nonceBlock, (byte) 0);
    System.arraycopy(nonce, 0, nonceBlock, nonceBlock.length - nonce.length, nonce.length);
    if (lanes == 1) {
      // Two tags share one block: the last bit selects the half (section 3.3).
      nonceBlock[nonceBlock.length - 1] &= (byte) 0xfe;
    }
    aes.encrypt(nonceBlock, pad);
    if (lanes == 1 && nonce.length > 0 && (nonce[nonce.length - 1] & 1) == 1) {
      System.arraycopy(pad, 8, pad, 0, 8);
    }
  }

  private long padOf(int lane) {
    return (long) BIG_ENDIAN.get(pad, 8 * lane);
  }

  /** L1 and L2 (sections 4.2, 4.3): y = y * k + NH(block) mod 2^127 - 1 over all blocks. */
  private void polynomial(int lane, byte[] data, int offset, int length) {
    high = 0;
    low = 1;
    int end = offset + length;
    int position = offset;
    for (; end - position >= L1_BLOCK_BYTES; position += L1_BLOCK_BYTES) {
      polynomialStep(lane, data, position, L1_BLOCK_WORDS);
    }
    int rest = end - position;
    if (rest > 0) {
      Arrays.fill(tail, (byte) 0);
      System.arraycopy(data, position, tail, 0, rest);
      polynomialStep(lane, tail, 0, 2 * ((rest + 15) / 16));
    } else if (length == 0) {
      high = polyKeyHigh[lane];
      low = polyKeyLow[lane];
    }
    // The length of the last partial block, in bits, counts as 2^64 (section 4.3).
    high += 8L * rest;
    if (high < 0) {
      // At most once, since what was added is small: subtract 2^127 - 1.
      high &= MASK_63;
      low += 1;
      high += low == 0 ? 1 : 0;
    }
  }

  private void polynomialStep(int lane, byte[] data, int position, int words) {
    long nhHigh = 0;
    long nhLow = 0;
    int key = 2 * lane;
    for (int i = 0; i < words; i += 2) {
      long a = (long) LITTLE_ENDIAN.get(data, position + 8 * i) + l1Key[key + i];
      long b = (long) LITTLE_ENDIAN.get(data, position + 8 * i + 8) + l1Key[key + i + 1];
      long product = a * b;
      nhLow += product;
      nhHigh += Math.unsignedMultiplyHigh(a, b);
      nhHigh += Long.compareUnsigned(nhLow, product) < 0 ? 1 : 0;
    }
    multiplyAdd(polyKeyHigh[lane], polyKeyLow[lane], nhHigh & MASK_62, nhLow);
  }

  /** y = y * (kh, kl) + (ah, al) mod 2^127 - 1; kh and kl below 2^61, y and a below 2^127. */
  private void multiplyAdd(long kh, long kl, long ah, long al) {
    // Product as four words r3..r0. No row overflows, since kh and kl leave their top bits free.
    long r0 = low * kl;
    long r1 = Math.unsignedMultiplyHigh(low, kl);
    long r2 = Math.unsignedMultiplyHigh(high, kl);
    long r3 = Math.unsignedMultiplyHigh(high, kh);

    long middle = high * kl;
    r1 += middle;
    r2 += Long.compareUnsigned(r1, middle) < 0 ? 1 : 0;
    middle = low * kh;
    r1 += middle;
    long carry = Long.compareUnsigned(r1, middle) < 0 ? 1 : 0;
    middle = Math.unsignedMultiplyHigh(low, kh) + carry;
    r2 += middle;
    r3 += Long.compareUnsigned(r2, middle) < 0 ? 1 : 0;
    middle = high * kh;
    r2 += middle;
    r3 += Long.compareUnsigned(r2, middle) < 0 ? 1 : 0;

    // 2^127 = 1: what lies above bit 127 is added below.
    long upHigh = r3 << 1 | r2 >>> 63;
    long upLow = r2 << 1 | r1 >>> 63;
    r1 &= MASK_63;
    long sumLow = r0 + upLow;
    long sumHigh = r1 + upHigh + (Long.compareUnsigned(sumLow, r0) < 0 ? 1 : 0);
    sumLow += sumHigh >>> 63;
    sumHigh = (sumHigh & MASK_63) + (sumLow == 0 && sumHigh < 0 ? 1 : 0);

    low = sumLow + al;
    high = sumHigh + ah + (Long.compareUnsigned(low, al) < 0 ? 1 : 0);
    reduce();
  }

  /** Brings y below 2^127 - 1. */
  private void reduce() {
    while (high < 0) {
      high &= MASK_63;
      low += 1;
      high += low == 0 ? 1 : 0;
    }
    if (high == MASK_63 && low == -1) {
      high = 0;
      low = 0;
    }
  }

  /** L3 (section 4.4): 127 bits to 64. */
  private long l3Hash(int lane) {
    reduce();
    // y = quotient * (2^64 - 2^32) + rest; 2^64 is one divisor and 2^32 over.
    long quotient = high;
    long foldedHigh = high >>> 32;
    long foldedLow = high << 32;
    long rest = foldedLow + low;
    foldedHigh += Long.compareUnsigned(rest, low) < 0 ? 1 : 0;
    while (foldedHigh != 0) {
      quotient += foldedHigh;
      long add = foldedHigh << 32;
      rest += add;
      foldedHigh = Long.compareUnsigned(rest, add) < 0 ? 1 : 0;
    }
    if (Long.compareUnsigned(rest, L3_DIVISOR) >= 0) {
      quotient++;
      rest -= L3_DIVISOR;
    }
    return multiplyModP64(
        addModP64(quotient, l3Key[2 * lane]), addModP64(rest, l3Key[2 * lane + 1]));
  }

  private static long addModP64(long a, long b) {
    long sum = a + b;
    if (Long.compareUnsigned(sum, a) < 0) {
      sum += 257;
    }
    return Long.compareUnsigned(sum, P64) >= 0 ? sum - P64 : sum;
  }

  private static long multiplyModP64(long a, long b) {
    long high = Math.unsignedMultiplyHigh(a, b);
    long low = a * b;
    // 2^64 = 257, twice: high * 257 has up to 73 bits.
    long overflow = Math.unsignedMultiplyHigh(high, 257);
    long add = high * 257;
    low += add;
    overflow += Long.compareUnsigned(low, add) < 0 ? 1 : 0;
    add = overflow * 257;
    low += add;
    if (Long.compareUnsigned(low, add) < 0) {
      low += 257;
    }
    return Long.compareUnsigned(low, P64) >= 0 ? low - P64 : low;
  }

  private long[] deriveWords(int label, int count) {
    byte[] in = new byte[AesBlocks.BLOCK_BYTES];
    byte[] out = new byte[AesBlocks.BLOCK_BYTES];
    in[0] = (byte) label;
    long[] words = new long[count];
    for (int i = 0; i < count; i += 2) {
      in[15] = (byte) (i / 2);
      aes.encrypt(in, out);
      ByteBuffer view = ByteBuffer.wrap(out);
      words[i] = view.getLong();
      words[i + 1] = view.getLong();
    }
    return words;
  }

  /** Pairs of words, both below 2^64 - 257; others are skipped (section 4.5). */
  private long[] deriveL3Key() {
    long[] key = new long[2 * lanes];
    long[] candidates = deriveWords(0xE0, 2 * 64);
    int found = 0;
    for (int i = 0; found < key.length; i += 2) {
      if (Long.compareUnsigned(candidates[i], P64) < 0
          && Long.compareUnsigned(candidates[i + 1], P64) < 0) {
        key[found++] = candidates[i];
        key[found++] = candidates[i + 1];
      }
    }
    return key;
  }
}
