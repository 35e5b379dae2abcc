package dev.alts.ca.audit;

import dev.alts.ca.audit.AuditChains.Mark;
import dev.alts.ca.audit.AuditFinding.What;
import dev.alts.identity.Bytes;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** Goes through one chain, event by event, and stops at the first that is not as recorded. */
final class ChainReplay {
  private final ChainHead chain;
  private final Deque<Mark> marks;
  private final List<AuditFinding> findings;
  private long sequence;
  private Bytes head;
  private boolean broken;

  ChainReplay(ChainHead chain, List<Mark> marks, List<AuditFinding> findings) {
    this.chain = chain;
    this.marks = new ArrayDeque<>(marks);
    this.findings = findings;
    this.sequence = chain.baseSequence();
    this.head = chain.baseHash();
    // What was dropped after its retention can no more be gone through.
    while (!this.marks.isEmpty() && this.marks.getFirst().sequence() < sequence) {
      this.marks.removeFirst();
    }
    passMarks();
  }

  void event(ResultSet row) throws SQLException {
    if (broken) {
      return;
    }
    long found = row.getLong("sequence");
    if (found <= sequence) {
      report(
          found > chain.baseSequence() ? What.FORKED : What.ALTERED,
          found > chain.baseSequence()
              ? "event %d is there twice".formatted(found)
              : "event %d is there although it was dropped".formatted(found));
      return;
    }
    if (found > sequence + 1) {
      report(
          What.MISSING,
          found == sequence + 2
              ? "event %d is missing or was altered".formatted(sequence + 1)
              : "events %d to %d are missing or were altered".formatted(sequence + 1, found - 1));
      return;
    }
    Bytes next =
        AuditChain.next(
            head,
            found,
            row.getObject("recorded_at", OffsetDateTime.class).toInstant(),
            row.getString("type"),
            row.getString("body"));
    if (!next.equals(Bytes.copyOf(row.getBytes("hash")))) {
      report(What.ALTERED, "event %d is missing or was altered".formatted(found));
      return;
    }
    sequence = found;
    head = next;
    passMarks();
  }

  void end() {
    if (broken) {
      return;
    }
    if (sequence != chain.sequence() || !head.equals(chain.head())) {
      report(What.MISSING, "its end is missing: event %d is the last".formatted(sequence));
      return;
    }
    if (!marks.isEmpty()) {
      Mark mark = marks.getFirst();
      report(
          What.NOT_AS_SIGNED,
          "ends at event %d, but checkpoint %d saw event %d"
              .formatted(sequence, mark.checkpoint(), mark.sequence()));
    }
  }

  private void passMarks() {
    while (!marks.isEmpty() && marks.getFirst().sequence() == sequence) {
      Mark mark = marks.removeFirst();
      if (!mark.hash().equals(head)) {
        report(
            What.NOT_AS_SIGNED,
            "event %d is another one than checkpoint %d saw: everything up to it may be rewritten"
                .formatted(sequence, mark.checkpoint()));
        return;
      }
    }
  }

  private void report(What what, String explanation) {
    broken = true;
    findings.add(new AuditFinding(what, "chain " + chain.chainId(), explanation));
  }
}
