package dev.alts.ca.checkpoint;

import dev.alts.ca.audit.AuditChains.Mark;
import dev.alts.ca.audit.AuditFinding;
import dev.alts.ca.audit.AuditFinding.What;
import dev.alts.ca.audit.ChainHead;
import dev.alts.ca.audit.ChainHeads;
import dev.alts.identity.Bytes;
import dev.alts.identity.document.AuditCheckpoint;
import dev.alts.identity.document.InvalidDocumentException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Goes through the checkpoints in their order and gathers what they say about each chain.
 *
 * <p>A checkpoint counts if a present audit key signed it, or if one that counts follows, as that
 * names it by its hash. So a key that was retired vouches for nothing on its own any more, not even
 * in the hands of a thief, and what it signed stays good.
 */
final class CheckpointReplay {
  private final List<Bytes> keys;
  private final Set<Bytes> formerKeys = new LinkedHashSet<>();
  private final Set<Bytes> unvouchedKeys = new LinkedHashSet<>();
  private final List<AuditFinding> findings;
  private final ChainHeads heads = new ChainHeads();
  private final Map<Long, List<Mark>> marks = new HashMap<>();
  private long first;
  private long last;
  private int count;
  private long firstUnvouched;
  private @Nullable Bytes lastSha256;

  CheckpointReplay(List<Bytes> keys, List<AuditFinding> findings) {
    this.keys = List.copyOf(keys);
    this.findings = findings;
  }

  void change(CheckpointStore.Change change) {
    ChainHead head = change.head();
    heads.put(head);
    marks
        .computeIfAbsent(head.chainId(), chain -> new ArrayList<>())
        .add(new Mark(head.sequence(), head.head(), change.checkpoint()));
  }

  void checkpoint(KeptCheckpoint kept) {
    count++;
    if (first == 0) {
      first = kept.number();
    } else if (kept.number() != last + 1) {
      nothingVouches();
      report(
          What.CHECKPOINT_MISSING,
          last + 1,
          kept.number() == last + 2
              ? "is missing"
              : "and those up to %d are missing".formatted(kept.number() - 1));
    }
    try {
      AuditCheckpoint checkpoint = AuditCheckpoint.open(kept.signed(), List.of(kept.keySpki()));
      boolean follows =
          last + 1 != kept.number()
              || lastSha256 == null
              || checkpoint.previousSha256().equals(lastSha256);
      if (!follows) {
        nothingVouches();
      }
      vouch(kept);
      if (checkpoint.number() != kept.number() || !follows) {
        report(What.CHECKPOINT_ALTERED, kept.number(), "does not follow the one before");
      } else if (!checkpoint.headsSha256().equals(heads.sha256())) {
        report(
            What.CHECKPOINT_ALTERED,
            kept.number(),
            "was signed over other heads than the database lists");
      }
    } catch (InvalidDocumentException e) {
      report(What.CHECKPOINT_ALTERED, kept.number(), String.valueOf(e.getMessage()));
    }
    last = kept.number();
    lastSha256 = AuditCheckpoint.sha256(kept.signed());
  }

  private void vouch(KeptCheckpoint kept) {
    if (keys.contains(kept.keySpki())) {
      formerKeys.addAll(unvouchedKeys);
      unvouchedKeys.clear();
      firstUnvouched = 0;
    } else {
      unvouchedKeys.add(kept.keySpki());
      firstUnvouched = firstUnvouched == 0 ? kept.number() : firstUnvouched;
    }
  }

  /** The hashes end here: nothing that follows vouches for what came before. */
  private void nothingVouches() {
    if (firstUnvouched != 0) {
      report(
          What.CHECKPOINT_ALTERED,
          firstUnvouched,
          "and all up to %d: signed by no audit key of today, and none of today's vouches for them"
              .formatted(last));
    }
    unvouchedKeys.clear();
    firstUnvouched = 0;
  }

  void end() {
    nothingVouches();
    if (count == 0) {
      findings.add(
          new AuditFinding(
              What.CHECKPOINT_MISSING,
              "checkpoints",
              "there is none: nothing vouches for the log"));
    }
  }

  /** {@return keys that are retired and signed checkpoints that count} */
  Set<Bytes> formerKeys() {
    return formerKeys;
  }

  /** {@return heads as the latest checkpoint has them} */
  ChainHeads heads() {
    return heads;
  }

  Map<Long, List<Mark>> marks() {
    return marks;
  }

  long first() {
    return first;
  }

  long last() {
    return last;
  }

  int count() {
    return count;
  }

  private void report(What what, long number, String explanation) {
    findings.add(new AuditFinding(what, "checkpoint " + number, explanation));
  }
}
