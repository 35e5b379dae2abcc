package dev.alts.agent.handshaker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class FairTurnsTest {
  @Test
  @Tag("abuse-29")
  void processThatAsksOnceWaitsForOneTurnOfTheOneThatAsksOften() throws Exception {
    FairTurns turns = new FairTurns(1);
    CountDownLatch busy = new CountDownLatch(1);
    CountDownLatch begun = new CountDownLatch(1);
    List<String> order = new CopyOnWriteArrayList<>();
    Thread first =
        Thread.ofVirtual()
            .start(() ->
                work(
                    turns,
                    "greedy",
                    () -> {
                      begun.countDown();
                      busy.await();
                      return order.add("greedy");
                    }));
    begun.await();
    List<Thread> greedy = new CopyOnWriteArrayList<>();
    for (int i = 0; i < 10; i++) {
      greedy.add(waiting(turns, "greedy", order));
    }
    Thread modest = waiting(turns, "modest", order);
    busy.countDown();
    first.join();
    modest.join();
    for (Thread each : greedy) {
      each.join();
    }

    assertThat(order).hasSize(12);
    assertThat(order.indexOf("modest")).isLessThanOrEqualTo(2);
  }

  private static Thread waiting(FairTurns turns, String process, List<String> order)
      throws InterruptedException {
    Thread thread = Thread.ofPlatform().start(() -> work(turns, process, () -> order.add(process)));
    while (thread.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    return thread;
  }

  private static void work(
      FairTurns turns, String process, FairTurns.Work<Boolean, Exception> work) {
    try {
      assertThat(turns.take(process, work)).isTrue();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
