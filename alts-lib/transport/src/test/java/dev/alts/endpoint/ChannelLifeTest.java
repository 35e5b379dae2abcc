package dev.alts.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alts.identity.verify.PeerFacts;
import dev.alts.peer.CredentialSnapshot;
import dev.alts.testing.party.TestParty;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Section 7: how long a channel lives, and whether its peer's certificate has a say in it. */
class ChannelLifeTest {
  private static final Duration DAY = Duration.ofHours(24);

  private final Random random = new Random(1);
  private final TestParty party = TestParty.ofNewDomain();
  private final PeerFacts peer = party.snapshot("/caller").self();
  private final Instant now = peer.masterNotAfter().minus(Duration.ofMinutes(30));

  @Test
  void channelsOpenedTogetherDoNotEndTogetherAndNoneOutlivesItsLongestLife() {
    Set<Duration> ends = new HashSet<>();
    for (int i = 0; i < 100; i++) {
      ChannelLife life = life(credential(false), now);
      assertThat(life.replaceAfter().plus(life.grace())).isEqualTo(DAY);
      assertThat(life.replaceAfter()).isBetween(DAY.multipliedBy(80).dividedBy(100), DAY);
      assertThat(life.grace()).isPositive();
      ends.add(life.replaceAfter());
    }
    assertThat(ends).hasSizeGreaterThan(90);
  }

  @Test
  void theEndOfThePeersCertificateEndsNoChannelByItself() {
    ChannelLife life = life(credential(false), now);

    assertThat(life.replaceAfter()).isGreaterThan(Duration.ofHours(1));
  }

  @Test
  void whereThePolicySaysSoNoChannelOutlivesItsPeersCertificate() {
    ChannelLife life = life(credential(true), now);

    // A certificate's end has the allowance for skew, as everywhere.
    assertThat(life.replaceAfter().plus(life.grace())).isEqualTo(Duration.ofMinutes(31));
    assertThat(life.replaceAfter()).isLessThan(Duration.ofMinutes(31));
  }

  @Test
  void theLongestLifeStillHoldsWhereTheCertificateLivesLonger() {
    CredentialSnapshot shortLived =
        party
            .builder("/echo")
            .endChannelsWithPeerCertificate(true)
            .maxChannelLife(Duration.ofMinutes(5))
            .build();

    ChannelLife life = life(shortLived, now);

    assertThat(life.replaceAfter().plus(life.grace())).isEqualTo(Duration.ofMinutes(5));
  }

  @Test
  void aCertificateThatHasEndedMeanwhileLeavesNoTimeAtAll() {
    ChannelLife life = life(credential(true), peer.masterNotAfter().plusSeconds(61));

    assertThat(life.replaceAfter()).isZero();
    assertThat(life.grace()).isZero();
  }

  private CredentialSnapshot credential(boolean endWithCertificate) {
    return party.builder("/echo").endChannelsWithPeerCertificate(endWithCertificate).build();
  }

  private ChannelLife life(CredentialSnapshot credential, Instant at) {
    return ChannelLife.of(credential, peer, at, random);
  }
}
