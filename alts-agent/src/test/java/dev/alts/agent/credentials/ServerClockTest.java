package dev.alts.agent.credentials;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alts.testing.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class ServerClockTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private final ManualClock machine = new ManualClock(START);
  private final AtomicLong nanos = new AtomicLong(5);
  private final ServerClock clock = new ServerClock(machine, nanos::get);

  @Test
  @Tag("abuse-55")
  void jumpOfTheMachinesClockChangesNothing() {
    clock.learn(START);
    pass(Duration.ofMinutes(1));

    machine.set(START.plus(Duration.ofDays(3650)));
    assertThat(clock.instant()).isEqualTo(START.plus(Duration.ofMinutes(1)));

    machine.set(START.minus(Duration.ofHours(1)));
    assertThat(clock.instant()).isEqualTo(START.plus(Duration.ofMinutes(1)));
  }

  @Test
  @Tag("abuse-55")
  void offsetTellsLibrariesHowFarTheMachineIsOff() {
    machine.set(START.minus(Duration.ofHours(1)));
    clock.learn(START);

    assertThat(clock.offset()).isEqualTo(Duration.ofHours(1));
  }

  @Test
  void smallDifferencesAreTheNetworks() {
    clock.learn(START.plusSeconds(100));

    clock.learn(START.plusSeconds(98));
    assertThat(clock.instant()).isEqualTo(START.plusSeconds(100));

    clock.learn(START.plusSeconds(103));
    assertThat(clock.instant()).isEqualTo(START.plusSeconds(103));
  }

  @Test
  void certificateFromTheFutureMovesAClockThatIsBehindAndNoOther() {
    clock.passed(START.minusSeconds(1));
    assertThat(clock.instant()).isEqualTo(START);

    clock.passed(START.plusSeconds(500));
    assertThat(clock.instant()).isEqualTo(START.plusSeconds(500));
  }

  private void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
    machine.advance(time);
  }
}
