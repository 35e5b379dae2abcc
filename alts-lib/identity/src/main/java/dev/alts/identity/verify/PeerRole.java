package dev.alts.identity.verify;

/** Which side of the connection the peer is. */
public enum PeerRole {
  CLIENT,
  SERVER
}
