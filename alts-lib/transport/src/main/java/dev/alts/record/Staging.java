package dev.alts.record;

/** An array that is reused from record to record and grows to the largest one seen. */
final class Staging {
  private byte[] array = new byte[0];

  byte[] atLeast(int length) {
    if (array.length < length) {
      array = new byte[Math.max(length, Math.min(2 * array.length, 1 << 20))];
    }
    return array;
  }
}
