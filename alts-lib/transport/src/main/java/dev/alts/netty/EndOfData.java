package dev.alts.netty;

/** How the end of data is known (handshake.md section 5). */
public enum EndOfData {
  /**
   * The protocol above says it, as HTTP/2 does: no empty record is sent and a received one is
   * ignored.
   */
  KNOWN_ABOVE,
  /** An empty record says it; a channel that ends without one was cut off. */
  MARKED
}
