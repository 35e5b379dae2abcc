package dev.alts.ca.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alts.testing.ManualClock;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("abuse-41")
class StrangerLimitTest {
  private static final int PER_MINUTE = 3;

  private final ManualClock clock = new ManualClock(Instant.parse("2026-11-24T12:00:00Z"));
  private final StrangerLimit limit = new StrangerLimit(PER_MINUTE, clock);

  @Test
  void afterSoManyRefusalsAnAddressHasToWait() {
    InetAddress source = InetAddress.ofLiteral("192.0.2.1");
    for (int i = 0; i < PER_MINUTE; i++) {
      assertThat(limit.isReached(source)).isFalse();
      limit.refused(source);
    }

    assertThat(limit.isReached(source)).isTrue();
    assertThat(limit.isReached(InetAddress.ofLiteral("192.0.2.2"))).isFalse();

    clock.advance(Duration.ofSeconds(20));
    assertThat(limit.isReached(source)).isFalse();
  }

  @Test
  void addressesOfOneNetworkOfIpv6AreOneSource() {
    for (int i = 0; i < PER_MINUTE; i++) {
      limit.refused(InetAddress.ofLiteral("2001:db8::" + (i + 1)));
    }

    assertThat(limit.isReached(InetAddress.ofLiteral("2001:db8::ffff"))).isTrue();
    assertThat(limit.isReached(InetAddress.ofLiteral("2001:db8:0:1::1"))).isFalse();
  }

  @Test
  void clockThatGoesBackRefillsNothing() {
    InetAddress source = InetAddress.ofLiteral("192.0.2.1");
    for (int i = 0; i < PER_MINUTE; i++) {
      limit.refused(source);
    }

    clock.advance(Duration.ofHours(-1));

    assertThat(limit.isReached(source)).isTrue();
  }
}
