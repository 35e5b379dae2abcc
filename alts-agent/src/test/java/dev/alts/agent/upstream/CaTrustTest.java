package dev.alts.agent.upstream;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alts.agent.credentials.DomainState;
import dev.alts.agent.credentials.DomainState.Published;
import dev.alts.agent.credentials.DomainState.Verified;
import dev.alts.identity.Bytes;
import dev.alts.identity.document.RevocationList;
import dev.alts.identity.document.RootFingerprint;
import dev.alts.identity.document.TrustDocument;
import dev.alts.testing.ManualClock;
import dev.alts.testing.TestSvid;
import dev.alts.testing.TestTrustDomain;
import dev.alts.wire.handshake.v1.RevocationEntry;
import dev.alts.wire.handshake.v1.RevokedSubject;
import dev.alts.wire.handshake.v1.SignedDocument;
import java.time.Duration;
import java.time.Instant;
import javax.net.ssl.X509ExtendedTrustManager;
import org.junit.jupiter.api.Test;

/** Whom an agent takes for its CA. */
class CaTrustTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private final TestTrustDomain domain = TestTrustDomain.of("demo.alts", NOW);
  private final TestSvid ca = domain.tls("/ca");

  @Test
  void listThatEndedKeepsNobodyFromTheCaThatHasTheNextOne() throws Exception {
    X509ExtendedTrustManager trust = trust(endedList());

    assertThatCode(() -> trust.checkServerTrusted(ca.x509Chain(), "ECDHE_ECDSA"))
        .doesNotThrowAnyException();
  }

  @Test
  void whatAnEndedListRevokesStaysRevoked() throws Exception {
    X509ExtendedTrustManager trust =
        trust(
            endedList(
                RevocationEntry.newBuilder()
                    .setSubject(
                        RevokedSubject.newBuilder()
                            .setSpiffeId(domain.id("/ca"))
                            .setIssuedBefore(NOW.plusSeconds(60).getEpochSecond()))
                    .build()));

    assertThatThrownBy(() -> trust.checkServerTrusted(ca.x509Chain(), "ECDHE_ECDSA"))
        .hasMessageContaining("REVOKED");
  }

  @Test
  void anotherIdentityOfTheTrustDomainIsNotTheCa() throws Exception {
    X509ExtendedTrustManager trust = trust(domain.revocationList(1));

    assertThatThrownBy(
            () -> trust.checkServerTrusted(domain.tls("/machine/m1").x509Chain(), "ECDHE_ECDSA"))
        .hasMessageContaining("WRONG_NAME");
  }

  private SignedDocument endedList(RevocationEntry... entries) {
    return domain.revocationList(list -> {
      list.setIssuedAt(NOW.minus(Duration.ofDays(3)).getEpochSecond())
          .setValidUntil(NOW.minus(Duration.ofDays(2)).getEpochSecond());
      for (RevocationEntry entry : entries) {
        list.addEntries(entry);
      }
    });
  }

  private X509ExtendedTrustManager trust(SignedDocument list) throws Exception {
    TrustDocument document =
        TrustDocument.open(
            domain.trustDocument(), new RootFingerprint(Bytes.copyOf(domain.rootSha256())));
    DomainState state =
        DomainState.first(new Verified<>(domain.trustDocument(), document))
            .withOwn(
                new Published(
                    new Verified<>(domain.trustDocument(), document),
                    new Verified<>(list, RevocationList.open(list, document))));
    return new CaTrust(new ManualClock(NOW)).accordingTo(() -> state);
  }
}
