package dev.alts.ca.checkpoint;

import dev.alts.ca.replica.Duties;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Signs and hands out checkpoints again and again until it is closed. One replica signs; each hands
 * out to the witnesses of its own configuration.
 */
final class CheckpointSigning implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(CheckpointSigning.class);
  private static final Duration END = Duration.ofSeconds(2);

  private static final String DUTY = "audit-checkpoint";

  private final Duties duties;
  private final CheckpointWitnesses witnesses;
  private final ScheduledExecutorService executor =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("audit-checkpoint").daemon().factory());
  private final ScheduledFuture<?> task;

  CheckpointSigning(
      Duties duties, Checkpoints checkpoints, CheckpointWitnesses witnesses, Duration every) {
    this.duties = duties;
    this.witnesses = witnesses;
    this.task =
        executor.scheduleWithFixedDelay(
            () -> round(checkpoints), 0, every.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void round(Checkpoints checkpoints) {
    try {
      var _ = duties.attempt(DUTY, checkpoints::signIfDue);
      witnesses.catchUp();
    } catch (RuntimeException e) {
      log.error("audit checkpoint not signed, will be tried again: {}", e.toString());
    }
  }

  @Override
  public void close() {
    task.cancel(false);
    executor.shutdown();
    try {
      // The database goes away next.
      var _ = executor.awaitTermination(END.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    witnesses.close();
  }
}
