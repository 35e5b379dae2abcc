package dev.alts.handshake;

import dev.alts.identity.RevocationId;
import dev.alts.identity.verify.PeerFacts;
import dev.alts.identity.verify.PeerRole;
import dev.alts.peer.ChannelEvidence;
import dev.alts.peer.Suite;
import dev.alts.resumption.ClientTicket;
import java.time.Instant;
import java.util.List;

/**
 * Who a server is if its authenticator, made with s3, is right. Does not print the secret; whoever
 * holds it closes s3.
 */
final class ServerProof {
  private final ChainSecret s3;
  private final PeerFacts reported;
  private final ChannelEvidence evidence;
  private final Suite weakestSuite;

  private ServerProof(
      ChainSecret s3, PeerFacts reported, ChannelEvidence evidence, Suite weakestSuite) {
    this.s3 = s3;
    this.reported = reported;
    this.evidence = evidence;
    this.weakestSuite = weakestSuite;
  }

  static ServerProof ofCertificate(ChainSecret s3, PeerFacts facts, Suite suite, Instant now) {
    return new ServerProof(
        s3, facts, new ChannelEvidence(facts, PeerRole.SERVER, false, now, null), suite);
  }

  static ServerProof ofTicket(ChainSecret s3, ClientTicket ticket, Suite suite) {
    PeerFacts facts = ticket.server();
    return new ServerProof(
        s3,
        ofAnyReplica(facts),
        new ChannelEvidence(facts, PeerRole.SERVER, true, ticket.authenticatedAt(), null),
        ticket.weakestSuite().weakest(suite));
  }

  ChainSecret s3() {
    return s3;
  }

  /** {@return what the application is told} */
  PeerFacts reported() {
    return reported;
  }

  ChannelEvidence evidence() {
    return evidence;
  }

  Suite weakestSuite() {
    return weakestSuite;
  }

  @Override
  public String toString() {
    return "ServerProof[%s, redacted]".formatted(reported.spiffeId());
  }

  /**
   * The rest describes the replica of the root handshake, which need not be this one (section 6).
   */
  private static PeerFacts ofAnyReplica(PeerFacts facts) {
    return new PeerFacts(
        facts.spiffeId(),
        facts.kind(),
        facts.boundary(),
        "",
        new RevocationId(0),
        Instant.EPOCH,
        List.of(),
        Instant.EPOCH);
  }
}
