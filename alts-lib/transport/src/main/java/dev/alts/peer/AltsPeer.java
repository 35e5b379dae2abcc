package dev.alts.peer;

import dev.alts.identity.SpiffeId;
import dev.alts.identity.verify.PeerFacts;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The authenticated other end of a connection, as established by its handshake.
 *
 * @param facts what the peer's certificate says; of a resumed server only identity, kind and
 *     boundary, since another replica than the one of the first handshake may have answered
 * @param localId the identity that this end used
 * @param suite key exchange of this handshake, also when resumed
 * @param recordProtocol name of the record protocol
 * @param transportProtocol empty: none agreed
 * @param rpcVersions the peer's; null: neither side said any
 * @param maxFrameBytes largest frame that the peer accepts, header included
 * @param resumed whether the peer was authenticated by a ticket, not by a certificate
 * @param authenticatedAt when the peer last proved its identity by a certificate
 */
public record AltsPeer(
    PeerFacts facts,
    SpiffeId localId,
    SecurityLevel securityLevel,
    Suite suite,
    String recordProtocol,
    String applicationProtocol,
    String transportProtocol,
    @Nullable RpcVersions rpcVersions,
    int maxFrameBytes,
    boolean resumed,
    Instant authenticatedAt) {

  /** {@return the peer's identity} */
  public SpiffeId id() {
    return facts.spiffeId();
  }
}
