package dev.alts.handshake;

import dev.alts.peer.PeerAuthorizer;

/** Which server is the right one, for a client (handshake.md section 8). */
public sealed interface ServerExpectation {
  /** The application says so itself; the naming policy is not asked. */
  record Explicit(PeerAuthorizer authorizer) implements ServerExpectation {}

  /**
   * The naming policy of the credential says so.
   *
   * @param target host, with a port where there is one
   */
  record Named(String target) implements ServerExpectation {}
}
