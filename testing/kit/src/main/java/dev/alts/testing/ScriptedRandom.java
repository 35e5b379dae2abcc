package dev.alts.testing;

import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Plays given bytes, one script per draw and in order; a draw of another length, or one too many,
 * fails the test. Thread-safe.
 */
public final class ScriptedRandom extends SecureRandom {
  private static final long serialVersionUID = 1L;

  @SuppressWarnings("serial") // never serialised; SecureRandom only happens to be Serializable
  private final Deque<byte[]> script = new ArrayDeque<>();

  public ScriptedRandom(byte[]... draws) {
    for (byte[] draw : draws) {
      script.add(draw.clone());
    }
  }

  public synchronized ScriptedRandom then(byte[] draw) {
    script.add(draw.clone());
    return this;
  }

  @Override
  public synchronized void nextBytes(byte[] bytes) {
    byte[] next = script.poll();
    if (next == null || next.length != bytes.length) {
      throw new AssertionError(
          "draw of %d bytes (scripted: %s)"
              .formatted(bytes.length, next == null ? "no more" : next.length));
    }
    System.arraycopy(next, 0, bytes, 0, next.length);
  }

  /** {@return how many draws are left} */
  public synchronized int remaining() {
    return script.size();
  }
}
