package dev.alts.record;

/**
 * How much one direction may carry under its key material.
 *
 * @param lastCounter highest usable counter, unsigned
 * @param payloadBytes most payload bytes; negative: no limit
 */
record RecordLimits(long lastCounter, long payloadBytes) {
  static RecordLimits ofCounterBits(int bits) {
    return new RecordLimits(bits == 64 ? -1 : (1L << bits) - 1, -1);
  }

  RecordLimits withPayloadBytes(long bytes) {
    return new RecordLimits(lastCounter, bytes);
  }
}
