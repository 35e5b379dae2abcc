package dev.alts.identity;

/**
 * Revocation ID: 8-bit category, 56-bit number, as one 64-bit value (first octet the category).
 * Unsigned.
 */
public record RevocationId(long value) {
  private static final long NUMBER_MASK = (1L << 56) - 1;

  public static RevocationId of(int category, long number) {
    if (category < 0 || category > 255 || (number & ~NUMBER_MASK) != 0) {
      throw new IllegalArgumentException(
          "revocation ID: category %d, number %d (expected: 0 to 255, 0 to 2^56-1)"
              .formatted(category, number));
    }
    return new RevocationId(((long) category << 56) | number);
  }

  public int category() {
    return (int) (value >>> 56);
  }

  public long number() {
    return value & NUMBER_MASK;
  }

  @Override
  public String toString() {
    return "%016x".formatted(value);
  }
}
