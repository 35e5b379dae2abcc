package dev.alts.agent.upstream;

import dev.alts.api.machine.v1.IssueItem;
import dev.alts.api.machine.v1.IssueOutcome;
import dev.alts.api.machine.v1.IssueRequest;
import dev.alts.api.machine.v1.IssueResponse;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Function;

/**
 * Puts questions that arrive while another is on its way into one call. A batch lives and dies as
 * one; whoever asked asks again. Thread-safe.
 */
final class IssueQueue implements AutoCloseable {
  private static final int MAX_WAITING = 10_000;
  private static final int MAX_BATCH = 100;

  private final BlockingQueue<Waiting> queue = new LinkedBlockingQueue<>(MAX_WAITING);
  private final Function<IssueRequest, IssueResponse> call;
  private final Thread worker;

  private record Waiting(
      IssueItem item, CompletableFuture<IssueOutcome> outcome, Context askedIn) {}

  /**
   * @param call one blocking call to the CA
   */
  IssueQueue(Function<IssueRequest, IssueResponse> call) {
    this.call = call;
    this.worker = Thread.ofVirtual().name("issue").start(this::work);
  }

  CompletableFuture<IssueOutcome> add(IssueItem item) {
    Waiting waiting = new Waiting(item, new CompletableFuture<>(), Context.current());
    if (!queue.offer(waiting)) {
      return CompletableFuture.failedFuture(
          new CaUnavailableException("too many questions are waiting for the CA"));
    }
    return waiting.outcome();
  }

  private void work() {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        List<Waiting> batch = new ArrayList<>();
        batch.add(queue.take());
        queue.drainTo(batch, MAX_BATCH - 1);
        send(batch);
      }
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
    List<Waiting> rest = new ArrayList<>();
    queue.drainTo(rest);
    fail(rest, new CaUnavailableException("the agent is stopping"));
  }

  private void send(List<Waiting> batch) {
    IssueRequest.Builder request = IssueRequest.newBuilder();
    batch.forEach(waiting -> request.addItems(waiting.item()));
    IssueResponse response;
    // In the trace of whoever asked first: a call has one parent.
    try (Scope _ = batch.getFirst().askedIn().makeCurrent()) {
      response = call.apply(request.build());
    } catch (RuntimeException e) {
      fail(batch, e);
      return;
    }
    if (response.getOutcomesCount() != batch.size()) {
      fail(
          batch,
          new IllegalStateException(
              "the CA answered %d of %d questions"
                  .formatted(response.getOutcomesCount(), batch.size())));
      return;
    }
    for (int i = 0; i < batch.size(); i++) {
      batch.get(i).outcome().complete(response.getOutcomes(i));
    }
  }

  private static void fail(List<Waiting> batch, RuntimeException failure) {
    batch.forEach(waiting -> waiting.outcome().completeExceptionally(failure));
  }

  @Override
  public void close() {
    worker.interrupt();
  }
}
