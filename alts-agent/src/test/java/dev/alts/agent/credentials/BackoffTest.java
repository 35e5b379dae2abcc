package dev.alts.agent.credentials;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BackoffTest {
  private final Backoff backoff =
      new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(60), new Random(7));

  @Test
  void doublesUpToItsLimitWithJitterDownwards() {
    for (long seconds : new long[] {1, 2, 4, 8, 16, 32, 60, 60, 60}) {
      assertThat(backoff.next())
          .isBetween(Duration.ofMillis(seconds * 500), Duration.ofSeconds(seconds));
    }
  }

  @Test
  void startsAnewAfterSuccess() {
    backoff.next();
    backoff.next();
    backoff.reset();

    assertThat(backoff.next()).isLessThanOrEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void theCasWordIsObeyedWithJitterUpwards() {
    for (int i = 0; i < 100; i++) {
      assertThat(
              new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(60), new Random(i))
                  .next(Duration.ofSeconds(10)))
          .isBetween(Duration.ofSeconds(10), Duration.ofSeconds(15));
    }
  }

  @Test
  void ownWaitingTimeCountsWhereItIsLonger() {
    for (int i = 0; i < 9; i++) {
      backoff.next();
    }

    assertThat(backoff.next(Duration.ofSeconds(1))).isGreaterThanOrEqualTo(Duration.ofSeconds(30));
  }
}
