package dev.alts.crypto;

import java.security.SecureRandom;
import java.security.SecureRandomSpi;
import java.util.Arrays;

/**
 * Gives a provider bytes that were drawn from our own source of randomness, in the order in which
 * FIPS 203 uses them, so that a result depends on those bytes and on nothing else.
 */
final class FixedRandom extends SecureRandom {
  private static final long serialVersionUID = 1L;

  private final transient Script script;

  FixedRandom(byte[] bytes) {
    this(new Script(bytes.clone()));
  }

  private FixedRandom(Script script) {
    // With a generator of its own: the usual constructor would look for a provider first.
    super(script, null);
    this.script = script;
  }

  boolean isUsedUp() {
    return script.used == script.bytes.length;
  }

  void wipe() {
    Arrays.fill(script.bytes, (byte) 0);
  }

  private static final class Script extends SecureRandomSpi {
    private static final long serialVersionUID = 1L;

    private final transient byte[] bytes;
    private int used;

    private Script(byte[] bytes) {
      this.bytes = bytes;
    }

    @Override
    protected void engineNextBytes(byte[] target) {
      if (target.length > bytes.length - used) {
        throw new IllegalStateException("provider wants more randomness than the algorithm takes");
      }
      System.arraycopy(bytes, used, target, 0, target.length);
      used += target.length;
    }

    @Override
    protected void engineSetSeed(byte[] seed) {
      throw new IllegalStateException("provider wants to seed what is fixed");
    }

    @Override
    protected byte[] engineGenerateSeed(int count) {
      throw new IllegalStateException("provider wants a seed where it gets random bytes");
    }
  }
}
