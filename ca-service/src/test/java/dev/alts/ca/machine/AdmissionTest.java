package dev.alts.ca.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class AdmissionTest {
  private static final Duration LONG = Duration.ofMinutes(5);

  private final ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();

  @AfterEach
  void end() {
    callers.shutdownNow();
  }

  @Test
  void whoHasTheLeastTimeLeftIsServedFirst() throws Exception {
    Admission admission = new Admission(new Admission.Limits(1, 10, LONG));
    List<Integer> served = new CopyOnWriteArrayList<>();
    List<Future<?>> calls = new ArrayList<>();

    try (Occupied one = new Occupied(admission)) {
      for (int days : List.of(9, 3, 5)) {
        calls.add(call(admission, Duration.ofDays(days), () -> served.add(days)));
        awaitWaiting(admission, calls.size());
      }
      one.leave();
      awaitAll(calls);
    }

    assertThat(served).containsExactly(3, 5, 9);
  }

  @Test
  void whoIsInNoHurryHasItsTurnToo() throws Exception {
    Admission admission = new Admission(new Admission.Limits(1, 10, LONG));
    List<Integer> served = new CopyOnWriteArrayList<>();
    List<Future<?>> calls = new ArrayList<>();

    try (Occupied one = new Occupied(admission)) {
      for (int days : List.of(100, 1, 2, 3, 4, 5, 6)) {
        calls.add(call(admission, Duration.ofDays(days), () -> served.add(days)));
        awaitWaiting(admission, calls.size());
      }
      one.leave();
      awaitAll(calls);
    }

    assertThat(served).containsExactly(1, 2, 3, 100, 4, 5, 6);
  }

  @Test
  @Tag("abuse-41")
  void aCrowdIsSentAwayAtOnceAndTheUrgentStay() throws Exception {
    Admission admission = new Admission(new Admission.Limits(1, 2, LONG));
    List<Integer> served = new CopyOnWriteArrayList<>();
    List<Future<?>> calls = new ArrayList<>();

    try (Occupied one = new Occupied(admission)) {
      for (int days : List.of(9, 3)) {
        calls.add(call(admission, Duration.ofDays(days), () -> served.add(days)));
        awaitWaiting(admission, calls.size());
      }
      ApiException patient = refusal(call(admission, Duration.ofDays(20), () -> served.add(20)));
      calls.add(call(admission, Duration.ofDays(1), () -> served.add(1)));
      ApiException displaced = refusal(calls.getFirst());

      assertThat(List.of(patient, displaced))
          .allSatisfy(refused -> {
            assertThat(refused.code()).isEqualTo(ApiException.Code.OVERLOADED);
            assertThat(refused.retryAfter())
                .isBetween(Duration.ofSeconds(1), Duration.ofMinutes(1));
          });
      one.leave();
      awaitAll(calls.subList(1, calls.size()));
    }
    assertThat(served).containsExactly(1, 3);
  }

  @Test
  void whoWaitsInVainIsSentAwayAndLeavesNothingBehind() throws Exception {
    Admission admission = new Admission(new Admission.Limits(1, 10, Duration.ofMillis(20)));

    try (Occupied one = new Occupied(admission)) {
      ApiException refused = refusal(call(admission, Duration.ZERO, () -> {}));

      assertThat(refused.code()).isEqualTo(ApiException.Code.OVERLOADED);
      assertThat(admission.waiting()).isZero();
      one.leave();
    }
    admission.run(() -> Duration.ZERO, () -> {});
  }

  @Test
  void failedWorkGivesItsPlaceBack() {
    Admission admission = new Admission(new Admission.Limits(1, 1, LONG));

    for (int i = 0; i < 3; i++) {
      var _ =
          catchThrowableOfType(
              IllegalStateException.class,
              () ->
                  admission.run(
                      () -> Duration.ZERO,
                      () -> {
                        throw new IllegalStateException("failed");
                      }));
    }

    admission.run(() -> Duration.ZERO, () -> {});
  }

  private Future<?> call(Admission admission, Duration timeLeft, Runnable work) {
    return callers.submit(() -> admission.run(() -> timeLeft, work));
  }

  private static ApiException refusal(Future<?> call) throws Exception {
    return (ApiException)
        catchThrowableOfType(ExecutionException.class, () -> call.get(60, TimeUnit.SECONDS))
            .getCause();
  }

  private static void awaitAll(List<Future<?>> calls) throws Exception {
    for (Future<?> call : calls) {
      call.get(60, TimeUnit.SECONDS);
    }
  }

  private static void awaitWaiting(Admission admission, int count) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (admission.waiting() < count) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      Thread.sleep(1);
    }
  }

  /** Works until it is told to leave. */
  private final class Occupied implements AutoCloseable {
    private final CountDownLatch end = new CountDownLatch(1);

    Occupied(Admission admission) throws Exception {
      CompletableFuture<Void> began = new CompletableFuture<>();
      var _ =
          callers.submit(() ->
              admission.run(
                  () -> Duration.ZERO,
                  () -> {
                    began.complete(null);
                    try {
                      end.await();
                    } catch (InterruptedException e) {
                      Thread.currentThread().interrupt();
                    }
                  }));
      began.get(60, TimeUnit.SECONDS);
    }

    void leave() {
      end.countDown();
    }

    @Override
    public void close() {
      leave();
    }
  }
}
