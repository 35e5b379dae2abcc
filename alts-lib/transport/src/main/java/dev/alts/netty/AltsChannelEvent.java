package dev.alts.netty;

/** User events of a protected channel. */
public enum AltsChannelEvent {
  /** The peer has sent all it had to send, authenticated; only with {@link EndOfData#MARKED}. */
  END_OF_DATA,
  /** A limit of the record protocol is near: replace the channel before it fails. */
  NEAR_LIMIT,
  /**
   * The peer is not accepted any more, and the channel closes as soon as this event has been
   * handled: what is written and flushed until then still goes out.
   */
  PEER_REFUSED
}
