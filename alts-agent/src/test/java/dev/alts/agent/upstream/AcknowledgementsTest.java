package dev.alts.agent.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alts.agent.credentials.Backoff;
import dev.alts.api.machine.v1.AcknowledgeRequest;
import dev.alts.testing.ManualClock;
import io.grpc.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AcknowledgementsTest {
  private final Queue<Runnable> underWay = new ArrayDeque<>();
  private final List<Long> told = new ArrayList<>();
  private final ManualClock clock = new ManualClock(Instant.parse("2026-11-24T12:00:00Z"));
  private long sequence = 1;
  private boolean caIsAway;
  private final Acknowledgements acknowledgements =
      new Acknowledgements(
          () -> AcknowledgeRequest.newBuilder().setTrustDocumentSequence(sequence).build(),
          this::tell,
          underWay::add,
          clock,
          new Backoff(Duration.ofMinutes(1), Duration.ofMinutes(1), new Random(1)));

  @Test
  void whatChangedIsSaidOnce() {
    tickAndRun();
    tickAndRun();
    sequence = 2;
    tickAndRun();

    assertThat(told).containsExactly(1L, 2L);
  }

  @Test
  void whatWasUnderWayWhenANewConnectionCameIsSaidAgainThere() {
    acknowledgements.tick();
    acknowledgements.connected();
    underWay.remove().run();

    tickAndRun();
    tickAndRun();

    assertThat(told).containsExactly(1L, 1L);
  }

  @Test
  void failureOfTheConnectionBeforeKeepsNobodyWaitingOnTheNewOne() {
    caIsAway = true;
    acknowledgements.tick();
    acknowledgements.connected();
    underWay.remove().run();
    caIsAway = false;

    tickAndRun();

    assertThat(told).containsExactly(1L);
  }

  @Test
  void caThatIsAwayIsAskedAgainLater() {
    caIsAway = true;
    tickAndRun();
    caIsAway = false;
    tickAndRun();
    assertThat(told).isEmpty();

    clock.advance(Duration.ofMinutes(2));
    tickAndRun();

    assertThat(told).containsExactly(1L);
  }

  private void tell(AcknowledgeRequest request) {
    if (caIsAway) {
      throw Status.UNAVAILABLE.asRuntimeException();
    }
    told.add(request.getTrustDocumentSequence());
  }

  private void tickAndRun() {
    acknowledgements.tick();
    while (!underWay.isEmpty()) {
      underWay.remove().run();
    }
  }
}
