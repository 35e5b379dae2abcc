package dev.alts.agent.credentials;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alts.agent.credentials.DomainState.Published;
import dev.alts.agent.credentials.DomainState.Verified;
import dev.alts.identity.Bytes;
import dev.alts.identity.document.RevocationList;
import dev.alts.identity.document.RootFingerprint;
import dev.alts.identity.document.TrustDocument;
import dev.alts.testing.ManualClock;
import dev.alts.testing.TestTrustDomain;
import dev.alts.wire.handshake.v1.SignedDocument;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class RevocationFreshnessTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private final TestTrustDomain trust = TestTrustDomain.of("demo.alts", NOW);
  private final ManualClock clock = new ManualClock(NOW);

  @Test
  void listIsStaleFromTheSecondAfterItsFreshForUntilANewerOneComes() throws Exception {
    DomainStateSource domain = new DomainStateSource(state(list(1, NOW)));
    RevocationFreshness freshness = new RevocationFreshness(domain, clock);

    clock.advance(Duration.ofSeconds(300));
    assertThat(freshness.tick()).isEmpty();
    clock.advance(Duration.ofSeconds(1));
    assertThat(freshness.tick()).containsExactly("demo.alts");

    DomainState next = state(list(2, clock.instant()));
    domain.update(before -> next);
    assertThat(freshness.tick()).isEmpty();
  }

  private SignedDocument list(long counter, Instant issuedAt) {
    return trust.revocationList(
        list -> list.setCounter(counter).setIssuedAt(issuedAt.getEpochSecond()));
  }

  private DomainState state(SignedDocument list) throws Exception {
    TrustDocument document =
        TrustDocument.open(
            trust.trustDocument(), new RootFingerprint(Bytes.copyOf(trust.rootSha256())));
    Verified<TrustDocument> verified = new Verified<>(trust.trustDocument(), document);
    return DomainState.first(verified)
        .withOwn(
            new Published(verified, new Verified<>(list, RevocationList.open(list, document))));
  }
}
