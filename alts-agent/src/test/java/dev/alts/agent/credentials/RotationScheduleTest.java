package dev.alts.agent.credentials;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RotationScheduleTest {
  private static final Instant ISSUED = Instant.parse("2026-01-01T00:00:00Z");
  private static final Instant RENEW = ISSUED.plus(Duration.ofMinutes(30));
  private static final Instant END = ISSUED.plus(Duration.ofHours(1));

  @Test
  void jitterIsRolledOnceAndSpreadsOverItsWholeRange() {
    Random random = new Random(7);
    Duration jitter = Duration.ofMinutes(6);

    var times =
        IntStream.range(0, 10_000)
            .mapToObj(i -> schedule(RENEW, jitter, random).renewAt())
            .sorted()
            .toList();

    assertThat(times.getFirst()).isBetween(RENEW.minus(jitter), RENEW.minus(jitter).plusSeconds(5));
    assertThat(times.getLast()).isBetween(RENEW.minusSeconds(5), RENEW);
    // Even: a mass start does not stay a herd (peers.md 4.2).
    assertThat(times.get(5_000))
        .isBetween(RENEW.minus(Duration.ofSeconds(200)), RENEW.minus(Duration.ofSeconds(160)));
  }

  @Test
  void dueFromTheExactMomentOn() {
    RotationSchedule schedule = schedule(RENEW, Duration.ZERO, new Random(7));

    assertThat(schedule.isDue(RENEW.minusMillis(1))).isFalse();
    assertThat(schedule.isDue(RENEW)).isTrue();
    assertThat(schedule.isExpired(END)).isFalse();
    assertThat(schedule.isExpired(END.plusMillis(1))).isTrue();
  }

  @Test
  void uselessRenewalTimeMeansHalfLife() {
    for (Instant useless : new Instant[] {ISSUED, Instant.EPOCH, END, END.plusSeconds(1)}) {
      assertThat(schedule(useless, Duration.ZERO, new Random(7)).renewAt()).isEqualTo(RENEW);
    }
  }

  @Test
  void jitterLongerThanTheLifeStillLeavesTime() {
    for (int seed = 0; seed < 100; seed++) {
      assertThat(schedule(RENEW, Duration.ofDays(9), new Random(seed)).renewAt())
          .isBetween(ISSUED.plus(Duration.ofMinutes(15)), RENEW);
    }
  }

  private static RotationSchedule schedule(Instant renewAt, Duration jitter, Random random) {
    return RotationSchedule.of(ISSUED, renewAt, jitter, END, random);
  }
}
