package dev.alts.ca.issuance;

import dev.alts.ca.audit.AuditFailedException;
import dev.alts.ca.issuance.Signatures.SignedRow;
import dev.alts.ca.replica.ReplicaLease;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/**
 * Gathers the records of concurrent requests into one durable write. While one group is written the
 * next gathers, so groups grow with the load and nobody waits for a timer. Thread-safe.
 */
final class GroupCommit implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(GroupCommit.class);
  private static final int MAX_GROUP = 512;
  private static final Duration SIGNATURES_WAIT = Duration.ofMillis(50);

  private final IssuanceRecords records;
  private final Signatures signatures;
  private final ReplicaLease lease;
  private final BlockingQueue<Work> queue = new LinkedBlockingQueue<>();
  private final Thread writer;
  private volatile boolean closed;

  GroupCommit(IssuanceRecords records, Signatures signatures, ReplicaLease lease) {
    this.records = records;
    this.signatures = signatures;
    this.lease = lease;
    this.writer = Thread.ofPlatform().name("issuance-record").daemon().start(this::run);
  }

  /** {@return completed, never exceptionally, once the record is durable or has failed} */
  CompletableFuture<RecordResult> record(PendingRecord pending) {
    Work.Write work = new Work.Write(pending, new CompletableFuture<>());
    queue.add(work);
    if (closed) {
      // The writer may have emptied the queue for the last time before this was added.
      failAll();
    }
    return work.result();
  }

  /** Takes a signature along with some later group. */
  void saveLater(SignedRow signature) {
    queue.add(new Work.Save(signature));
  }

  /** Writes what is queued and ends. */
  @Override
  public void close() {
    closed = true;
    queue.add(new Work.Stop());
    try {
      writer.join(Duration.ofSeconds(10));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    failAll();
  }

  private void run() {
    boolean open = true;
    while (open) {
      try {
        List<Work> group = nextGroup();
        open = group.stream().noneMatch(Work.Stop.class::isInstance);
        // All of one epoch but around a lost lease: each is recorded under its own, or not at all.
        group.stream()
            .filter(Work.Write.class::isInstance)
            .map(Work.Write.class::cast)
            .collect(Collectors.groupingBy(work -> work.pending().epoch()))
            .forEach(this::writeRecords);
        writeSignatures(
            group.stream()
                .filter(Work.Save.class::isInstance)
                .map(work -> ((Work.Save) work).row())
                .toList());
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  /**
   * Signatures alone may wait a moment for records to come along, or every reply would be followed
   * by a write of its own.
   */
  private List<Work> nextGroup() throws InterruptedException {
    List<Work> group = new ArrayList<>();
    @Nullable Work next = queue.take();
    long deadline = System.nanoTime() + SIGNATURES_WAIT.toNanos();
    while (next != null) {
      group.add(next);
      queue.drainTo(group, MAX_GROUP - group.size());
      boolean onlySignatures = group.stream().allMatch(Work.Save.class::isInstance);
      if (!onlySignatures || group.size() >= MAX_GROUP) {
        return group;
      }
      next = queue.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
    }
    return group;
  }

  private void writeRecords(long epoch, List<Work.Write> group) {
    try {
      List<PendingRecord> pending = group.stream().map(Work.Write::pending).toList();
      complete(group, lease.callUnder(epoch, () -> records.record(pending)));
    } catch (RuntimeException e) {
      if (group.size() == 1) {
        group.getFirst().result().complete(failure(e));
        return;
      }
      log.warn("Record of {} certificates failed, retrying one by one: {}", group.size(), cause(e));
      // One bad row must fail one request. It also finds out what an unacknowledged commit came to.
      for (Work.Write work : group) {
        writeRecords(epoch, List.of(work));
      }
    }
  }

  private void writeSignatures(List<SignedRow> rows) {
    if (rows.isEmpty()) {
      return;
    }
    try {
      signatures.save(rows);
    } catch (DataAccessException e) {
      // A retry after a restart will sign the same bytes again instead.
      log.warn("{} signatures not saved: {}", rows.size(), cause(e));
    }
  }

  private static void complete(List<Work.Write> group, List<RecordResult> results) {
    for (int i = 0; i < group.size(); i++) {
      group.get(i).result().complete(results.get(i));
    }
  }

  private static RecordResult failure(RuntimeException e) {
    String what =
        switch (e) {
          case AuditFailedException audit -> "the audit log does not take it";
          case DataAccessException database -> "the database does not take it";
          case TransactionException database -> "the database does not take it";
          default -> "the record failed";
        };
    log.warn("Certificate not recorded: {}", cause(e));
    return new RecordResult.Failed(what);
  }

  /** The database's own words: a batch's message would repeat every value of the row. */
  private static String cause(RuntimeException e) {
    return String.valueOf(NestedExceptionUtils.getMostSpecificCause(e).getMessage());
  }

  private void failAll() {
    List<Work> rest = new ArrayList<>();
    queue.drainTo(rest);
    for (Work work : rest) {
      if (work instanceof Work.Write unwritten) {
        unwritten.result().complete(new RecordResult.Failed("the CA is stopping"));
      }
    }
  }

  private sealed interface Work {
    record Write(PendingRecord pending, CompletableFuture<RecordResult> result) implements Work {}

    record Save(SignedRow row) implements Work {}

    record Stop() implements Work {}
  }
}
