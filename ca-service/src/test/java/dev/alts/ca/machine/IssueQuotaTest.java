package dev.alts.ca.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alts.testing.ManualClock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class IssueQuotaTest {
  private final ManualClock clock = new ManualClock(Instant.parse("2026-01-01T00:00:00Z"));
  private final IssueQuota quota = new IssueQuota(60, clock);

  @Test
  void machineThatAsksTooOftenWaitsAndOthersDoNot() {
    for (int i = 0; i < 60; i++) {
      assertThat(quota.take("wild", 1)).isOne();
    }

    assertThat(quota.take("wild", 1)).isZero();
    assertThat(quota.take("calm", 1)).isOne();
    clock.advance(Duration.ofSeconds(1));
    assertThat(quota.take("wild", 1)).isOne();
    assertThat(quota.take("wild", 1)).isZero();
  }

  @Test
  void clockThatGoesBackGivesNothing() {
    for (int i = 0; i < 60; i++) {
      quota.take("wild", 1);
    }
    clock.advance(Duration.ofHours(-1));

    assertThat(quota.take("wild", 1)).isZero();
  }
}
