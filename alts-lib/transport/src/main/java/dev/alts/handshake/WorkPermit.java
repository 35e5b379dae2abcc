package dev.alts.handshake;

/** Says whether the server can afford the expensive part of a handshake now. */
@FunctionalInterface
public interface WorkPermit {
  /** No limit: tests, and servers whose peers are all known. */
  WorkPermit UNLIMITED = () -> true;

  /** {@return whether to go on; if not, the client is told OVERLOADED} */
  boolean tryClaim();
}
