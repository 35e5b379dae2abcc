package dev.alts.benchmarks.ca;

import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.MoreExecutors;
import dev.alts.api.machine.v1.IssueOutcome;
import dev.alts.api.machine.v1.IssueResponse;
import dev.alts.api.machine.v1.MachineGrpc;
import io.grpc.ManagedChannel;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Asks a CA over the connections of many machines, in turn. */
final class Load {
  private final List<ManagedChannel> machines;
  private final Requests requests;
  private final AtomicInteger turn = new AtomicInteger();

  Load(List<ManagedChannel> machines, Requests requests) {
    this.machines = List.copyOf(machines);
    this.requests = requests;
  }

  /** Keeps {@code open} calls in flight: what the CA can do. */
  Outcome saturate(Duration time, int items, int open) throws InterruptedException {
    Run run = new Run(open, (int) (time.toSeconds() + 1) * 40_000);
    long began = System.nanoTime();
    while (System.nanoTime() - began < time.toNanos()) {
      run.slots.acquire();
      ask(run, items, System.nanoTime());
    }
    return run.end(began, open);
  }

  /**
   * Sends at fixed times whatever the answers do; latency counts from when a call was due, so a
   * stalled CA is not asked less.
   */
  Outcome pace(Duration time, int items, double perSecond) throws InterruptedException {
    int most = 100_000;
    Run run = new Run(most, (int) (time.toSeconds() * perSecond / items) + 16);
    double gap = 1e9 * items / perSecond;
    long began = System.nanoTime();
    for (long call = 0; ; call++) {
      long due = began + (long) (call * gap);
      if (due - began >= time.toNanos()) {
        return run.end(began, most);
      }
      long wait = due - System.nanoTime();
      if (wait > 0) {
        LockSupport.parkNanos(wait);
      }
      run.slots.acquire();
      ask(run, items, due);
    }
  }

  private void ask(Run run, int items, long due) {
    ManagedChannel machine = machines.get(Math.floorMod(turn.getAndIncrement(), machines.size()));
    Futures.addCallback(
        MachineGrpc.newFutureStub(machine).issue(requests.next(items)),
        run.callback(due, items),
        MoreExecutors.directExecutor());
  }

  /**
   * What came of it.
   *
   * @param issued certificates that were acknowledged
   * @param wall from the first call to the last answer
   */
  record Outcome(long issued, Duration wall, Latencies latencies) {
    double perSecond() {
      return issued * 1e9 / wall.toNanos();
    }
  }

  private static final class Run {
    private final Semaphore slots;
    private final Latencies.Recorder latencies;
    private final AtomicLong issued = new AtomicLong();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    Run(int open, int calls) {
      this.slots = new Semaphore(open);
      this.latencies = new Latencies.Recorder(calls);
    }

    FutureCallback<IssueResponse> callback(long due, int items) {
      return new FutureCallback<>() {
        @Override
        public void onSuccess(IssueResponse response) {
          latencies.add(System.nanoTime() - due);
          long granted =
              response.getOutcomesList().stream()
                  .filter(outcome -> outcome.getGrant().hasCertificate())
                  .count();
          issued.addAndGet(granted);
          if (granted != items) {
            failure.compareAndSet(null, new IllegalStateException(refusals(response)));
          }
          slots.release();
        }

        @Override
        public void onFailure(Throwable problem) {
          failure.compareAndSet(null, problem);
          slots.release();
        }
      };
    }

    private static String refusals(IssueResponse response) {
      return response.getOutcomesList().stream()
          .filter(IssueOutcome::hasRefusal)
          .findFirst()
          .map(outcome -> outcome.getRefusal().getExplanation())
          .orElse("fewer answers than questions");
    }

    Outcome end(long began, int open) throws InterruptedException {
      slots.acquire(open);
      Duration wall = Duration.ofNanos(System.nanoTime() - began);
      Throwable problem = failure.get();
      if (problem != null) {
        throw new IllegalStateException("a call failed; nothing is measured", problem);
      }
      return new Outcome(issued.get(), wall, latencies.sorted());
    }
  }
}
