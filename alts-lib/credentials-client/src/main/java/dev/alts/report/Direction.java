package dev.alts.report;

/** Who opened a connection, as this process sees it. */
public enum Direction {
  /** The peer: we are the server. */
  INCOMING,
  /** We: the peer is the server. */
  OUTGOING
}
