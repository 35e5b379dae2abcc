package dev.alts.crypto;

import java.security.SecureRandom;
import java.util.Arrays;

/**
 * Gives a provider bytes that were drawn from our own source of randomness, in the order in which
 * FIPS 203 uses them, so that a result depends on those bytes and on nothing else.
 */
final class FixedRandom extends SecureRandom {
  private static final long serialVersionUID = 1L;

  private final transient byte[] bytes;
  private int used;

  FixedRandom(byte[] bytes) {
    this.bytes = bytes.clone();
  }

  @Override
  public void nextBytes(byte[] target) {
    if (target.length > bytes.length - used) {
      throw new IllegalStateException("provider wants more randomness than the algorithm takes");
    }
    System.arraycopy(bytes, used, target, 0, target.length);
    used += target.length;
  }

  boolean isUsedUp() {
    return used == bytes.length;
  }

  void wipe() {
    Arrays.fill(bytes, (byte) 0);
  }
}
