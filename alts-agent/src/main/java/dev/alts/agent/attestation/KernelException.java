package dev.alts.agent.attestation;

import java.io.IOException;

/** A system call failed; {@link #errno()} says how. */
final class KernelException extends IOException {
  static final int ENOENT = 2;
  static final int ESRCH = 3;
  static final int EINVAL = 22;
  static final int ENOPROTOOPT = 92;
  private static final long serialVersionUID = 1L;

  private final int errno;

  KernelException(String call, int errno) {
    super("%s failed: errno %d".formatted(call, errno));
    this.errno = errno;
  }

  int errno() {
    return errno;
  }
}
