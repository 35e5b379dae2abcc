package dev.alts.peer;

import dev.alts.identity.Bytes;
import dev.alts.identity.RevocationId;
import dev.alts.identity.SpiffeId;
import dev.alts.identity.TrustDomain;
import dev.alts.identity.document.RevocationEntry;
import dev.alts.identity.verify.PeerFacts;
import java.util.LinkedHashSet;
import java.util.Set;

/** By what a revocation finds the channels that it may concern. */
sealed interface ChannelIndexKey {
  record ByCertificate(TrustDomain domain, RevocationId id) implements ChannelIndexKey {}

  record BySubject(SpiffeId id) implements ChannelIndexKey {}

  record ByMachine(TrustDomain domain, String machine) implements ChannelIndexKey {}

  record ByAuthority(TrustDomain domain, Bytes spkiSha256) implements ChannelIndexKey {}

  record ByServerOfSession(SpiffeId server) implements ChannelIndexKey {}

  /** {@return what an entry of the list of {@code domain} can concern} */
  static ChannelIndexKey of(TrustDomain domain, RevocationEntry entry) {
    return switch (entry) {
      case RevocationEntry.Certificate certificate -> new ByCertificate(domain, certificate.id());
      case RevocationEntry.Subject subject -> new BySubject(subject.id());
      case RevocationEntry.Machine machine -> new ByMachine(domain, machine.machine());
      case RevocationEntry.Authority authority -> new ByAuthority(domain, authority.spkiSha256());
      case RevocationEntry.Resumption resumption -> new ByServerOfSession(resumption.server());
    };
  }

  /** {@return all under which a channel is found} */
  static Set<ChannelIndexKey> of(ChannelEvidence evidence, SpiffeId server) {
    PeerFacts facts = evidence.facts();
    TrustDomain domain = facts.spiffeId().trustDomain();
    Set<ChannelIndexKey> keys = new LinkedHashSet<>();
    keys.add(new ByCertificate(domain, facts.revocationId()));
    keys.add(new BySubject(facts.spiffeId()));
    if (!facts.machine().isEmpty()) {
      keys.add(new ByMachine(domain, facts.machine()));
    }
    facts.authoritySpkiSha256().forEach(spki -> keys.add(new ByAuthority(domain, spki)));
    if (evidence.resumed()) {
      keys.add(new ByServerOfSession(server));
    }
    return keys;
  }
}
