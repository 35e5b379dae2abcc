package dev.alts.credentials;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BackoffTest {
  private final Backoff backoff =
      new Backoff(Duration.ofMillis(100), Duration.ofSeconds(20), new Random(7));

  @Test
  void pausesGrowFromShortToTheLongest() {
    for (int failure = 0; failure < 40; failure++) {
      long limit = Math.min(20_000, 100L << Math.min(failure, 20));
      assertThat(backoff.next().toMillis())
          .as("after %d failures", failure)
          .isBetween(limit / 2, limit);
    }
  }

  @Test
  void isShortAgainAfterASuccess() {
    for (int i = 0; i < 10; i++) {
      assertThat(backoff.next()).isPositive();
    }

    backoff.reset();

    assertThat(backoff.next()).isLessThanOrEqualTo(Duration.ofMillis(100));
  }

  @Test
  void twoProcessesDoNotPauseAlike() {
    Backoff other = new Backoff(Duration.ofSeconds(10), Duration.ofSeconds(20), new Random(8));
    Backoff one = new Backoff(Duration.ofSeconds(10), Duration.ofSeconds(20), new Random(7));

    assertThat(one.next()).isNotEqualTo(other.next());
  }
}
