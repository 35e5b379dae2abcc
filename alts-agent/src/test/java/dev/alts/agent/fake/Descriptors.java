package dev.alts.agent.fake;

import java.io.File;
import java.util.Objects;

/** File descriptors of this process. */
public final class Descriptors {
  private Descriptors() {}

  public static int open() {
    return Objects.requireNonNull(new File("/proc/self/fd").list()).length;
  }
}
