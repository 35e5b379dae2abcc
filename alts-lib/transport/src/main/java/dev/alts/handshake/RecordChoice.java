package dev.alts.handshake;

import dev.alts.identity.EntityKind;
import dev.alts.identity.verify.PeerFacts;
import dev.alts.peer.CredentialSnapshot;
import dev.alts.peer.RecordPolicy;
import dev.alts.peer.SecurityLevel;
import dev.alts.record.RecordProtocol;
import java.util.List;
import java.util.Optional;

/**
 * Which record protocols one's own policy allows, at all and for a pair (handshake.md section 5).
 * The security boundary of ALTS is here: integrity alone is enough only inside one physical
 * boundary.
 */
final class RecordChoice {
  private final PeerFacts self;
  private final RecordPolicy policy;
  private final boolean privacyOnly;

  RecordChoice(CredentialSnapshot credential, Negotiation negotiation) {
    this.self = credential.self();
    this.policy = credential.recordPolicy();
    this.privacyOnly = policy.requirePrivacy() || negotiation.requirePrivacy();
  }

  /** {@return what a client offers, by preference} */
  List<String> offered() {
    return policy.recordProtocols().stream()
        .filter(name -> RecordProtocol.ofName(name).filter(this::isAllowedWithSomebody).isPresent())
        .distinct()
        .limit(MessageRules.MAX_LIST_ENTRIES)
        .toList();
  }

  /** {@return the first of the client's list that is allowed with this peer} */
  Optional<RecordProtocol> choose(List<String> offered, PeerFacts peer) {
    return offered.stream()
        .flatMap(name -> RecordProtocol.ofName(name).stream())
        .filter(protocol -> isAllowedWith(protocol, peer))
        .findFirst();
  }

  boolean isAllowedWith(RecordProtocol protocol, PeerFacts peer) {
    if (!policy.recordProtocols().contains(protocol.protocolName())) {
      return false;
    }
    return switch (protocol.securityLevel()) {
      case INTEGRITY_AND_PRIVACY -> true;
      case INTEGRITY_ONLY -> !privacyOnly && isInSameBoundary(peer);
    };
  }

  private boolean isAllowedWithSomebody(RecordProtocol protocol) {
    return protocol.securityLevel() == SecurityLevel.INTEGRITY_AND_PRIVACY
        || (!privacyOnly && !self.boundary().isEmpty() && self.kind() != EntityKind.HUMAN);
  }

  private boolean isInSameBoundary(PeerFacts peer) {
    return self.spiffeId().isMemberOf(peer.spiffeId().trustDomain())
        && !self.boundary().isEmpty()
        && self.boundary().equals(peer.boundary())
        && self.kind() != EntityKind.HUMAN
        && peer.kind() != EntityKind.HUMAN;
  }
}
