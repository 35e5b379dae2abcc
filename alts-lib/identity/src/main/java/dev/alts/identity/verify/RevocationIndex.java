package dev.alts.identity.verify;

import dev.alts.identity.Bytes;
import dev.alts.identity.RevocationId;
import dev.alts.identity.SpiffeId;
import dev.alts.identity.document.RevocationEntry;
import dev.alts.identity.document.RevocationList;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One revocation list, by what it is asked for. T and issued-at come from one clock, the
 * database's, so they are compared exactly (handshake.md section 7).
 */
final class RevocationIndex {
  private final Set<RevocationId> certificates = new HashSet<>();
  private final Map<SpiffeId, Instant> subjects = new HashMap<>();
  private final Map<String, Instant> machines = new HashMap<>();
  private final Set<Bytes> authorities = new HashSet<>();
  private final Map<SpiffeId, Instant> resumptions = new HashMap<>();

  RevocationIndex(@Nullable RevocationList list) {
    if (list == null) {
      return;
    }
    for (RevocationEntry entry : list.entries()) {
      switch (entry) {
        case RevocationEntry.Certificate revoked -> certificates.add(revoked.id());
        case RevocationEntry.Subject revoked ->
            subjects.merge(revoked.id(), revoked.issuedBefore(), RevocationIndex::later);
        case RevocationEntry.Machine revoked ->
            machines.merge(revoked.machine(), revoked.issuedBefore(), RevocationIndex::later);
        case RevocationEntry.Authority revoked -> authorities.add(revoked.spkiSha256());
        case RevocationEntry.Resumption voided ->
            resumptions.merge(
                voided.server(), voided.authenticatedBefore(), RevocationIndex::later);
      }
    }
  }

  /** {@return what revokes the peer, in words, if anything does} */
  Optional<String> whyRevoked(PeerFacts facts) {
    if (certificates.contains(facts.revocationId())) {
      return Optional.of("certificate %s is revoked".formatted(facts.revocationId()));
    }
    Instant subject = subjects.get(facts.spiffeId());
    if (subject != null && facts.issuedAt().isBefore(subject)) {
      return Optional.of("%s issued before %s is revoked".formatted(facts.spiffeId(), subject));
    }
    Instant machine = machines.get(facts.machine());
    if (machine != null && facts.issuedAt().isBefore(machine)) {
      return Optional.of(
          "what was issued on machine %s before %s is revoked".formatted(facts.machine(), machine));
    }
    return facts.authoritySpkiSha256().stream()
        .filter(authorities::contains)
        .findFirst()
        .map("authority %s is revoked"::formatted);
  }

  Optional<Instant> resumptionVoidBefore(SpiffeId server) {
    return Optional.ofNullable(resumptions.get(server));
  }

  private static Instant later(Instant a, Instant b) {
    return a.isAfter(b) ? a : b;
  }
}
