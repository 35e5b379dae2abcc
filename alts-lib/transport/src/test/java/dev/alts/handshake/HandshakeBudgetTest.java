package dev.alts.handshake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alts.testing.ManualClock;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("abuse-29")
class HandshakeBudgetTest {
  private final ManualClock clock = new ManualClock(Instant.parse("2026-11-24T12:00:00Z"));
  private final HandshakeBudget budget =
      new HandshakeBudget(new HandshakeBudget.Limits(10, 4, 8, 2), clock);

  @Test
  void oneSourceHasNoMoreThanItsShare() {
    for (int i = 0; i < 4; i++) {
      assertThat(budget.admit("a", () -> {})).isPresent();
    }
    assertThat(budget.admit("a", () -> {})).isEmpty();
    assertThat(budget.admit("b", () -> {})).isPresent();
  }

  @Test
  void anIpv6NetworkIsOneSourceAndAnIpv4AddressIsOne() throws Exception {
    assertThat(source("2001:db8:1:2::1"))
        .isEqualTo(source("2001:db8:1:2:ffff:ffff:ffff:ffff"))
        .isNotEqualTo(source("2001:db8:1:3::1"));
    assertThat(source("192.0.2.1")).isNotEqualTo(source("192.0.2.2"));
  }

  private static String source(String address) throws UnknownHostException {
    return HandshakeBudget.sourceOf(InetAddress.getByName(address).getAddress());
  }

  @Test
  void atTheGlobalLimitTheOldestOfTheBusiestSourceMakesRoom() {
    List<String> evicted = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      String name = "a" + i;
      assertThat(budget.admit("a", () -> evicted.add(name))).isPresent();
    }
    for (int i = 0; i < 3; i++) {
      assertThat(budget.admit("b", () -> evicted.add("b"))).isPresent();
      assertThat(budget.admit("c", () -> evicted.add("c"))).isPresent();
    }

    assertThat(budget.admit("d", () -> {})).isPresent();

    assertThat(evicted).containsExactly("a0");
    assertThat(budget.pending()).isEqualTo(10);
  }

  @Test
  void slotsComeBackHoweverOftenTheyAreReleased() {
    HandshakeBudget.Slot slot = budget.admit("a", () -> {}).orElseThrow();
    assertThat(budget.pending()).isEqualTo(1);
    slot.close();
    slot.close();
    assertThat(budget.pending()).isZero();
    for (int i = 0; i < 4; i++) {
      assertThat(budget.admit("a", () -> {})).isPresent();
    }
  }

  @Test
  @Tag("abuse-31")
  void workIsLimitedPerSourceAndInAllAndRefills() {
    HandshakeBudget.Slot a = budget.admit("a", () -> {}).orElseThrow();
    HandshakeBudget.Slot b = budget.admit("b", () -> {}).orElseThrow();
    for (int i = 0; i < 4; i++) {
      assertThat(a.tryClaim()).isTrue();
    }
    assertThat(a.tryClaim()).isFalse();
    assertThat(b.tryClaim()).isTrue();

    clock.advance(Duration.ofSeconds(1));

    assertThat(a.tryClaim()).isTrue();
    assertThat(a.tryClaim()).isTrue();
    assertThat(a.tryClaim()).isFalse();
  }

  @Test
  @Tag("abuse-31")
  void reconnectingDoesNotRefillASourcesWork() {
    for (int i = 0; i < 4; i++) {
      try (HandshakeBudget.Slot slot = budget.admit("a", () -> {}).orElseThrow()) {
        assertThat(slot.tryClaim()).isTrue();
      }
    }
    HandshakeBudget.Slot again = budget.admit("a", () -> {}).orElseThrow();

    assertThat(again.tryClaim()).isFalse();
  }

  @Test
  void evictedOrReleasedConnectionMayNotWork() {
    HandshakeBudget.Slot slot = budget.admit("a", () -> {}).orElseThrow();
    slot.close();
    assertThat(slot.tryClaim()).isFalse();
  }

  @Test
  void thousandStalledPeersOfFewSourcesLeaveRoomForTheHonest() {
    HandshakeBudget server = new HandshakeBudget(HandshakeBudget.Limits.DEFAULT, clock);
    for (int i = 0; i < 2000; i++) {
      server.admit("10.0.0." + i % 64, () -> {});
    }
    for (int i = 0; i < 200; i++) {
      Optional<HandshakeBudget.Slot> honest = server.admit("192.0.2." + i, () -> {});
      assertThat(honest).isPresent();
      assertThat(honest.get().tryClaim()).isTrue();
      honest.get().close();
    }
    assertThat(server.pending()).isLessThanOrEqualTo(1000);
  }

  @Test
  void countsHoldUnderConcurrency() throws InterruptedException {
    HandshakeBudget server =
        new HandshakeBudget(new HandshakeBudget.Limits(50, 50, 1000, 1000), clock);
    AtomicInteger evictions = new AtomicInteger();
    CountDownLatch done = new CountDownLatch(8);
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      for (int t = 0; t < 8; t++) {
        String source = "s" + t;
        threads.execute(() -> {
          for (int i = 0; i < 500; i++) {
            server.admit(source, evictions::incrementAndGet).ifPresent(HandshakeBudget.Slot::close);
          }
          done.countDown();
        });
      }
      assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(server.pending()).isZero();
  }
}
