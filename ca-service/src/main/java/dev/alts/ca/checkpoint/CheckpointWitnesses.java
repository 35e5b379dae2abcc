package dev.alts.ca.checkpoint;

import dev.alts.identity.document.AuditCheckpoint;
import java.io.IOException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * Brings every checkpoint to every sink, whichever replica signed it, and catches up after an
 * outage. Used by one thread.
 */
final class CheckpointWitnesses implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(CheckpointWitnesses.class);
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int BATCH = 1000;

  private final CheckpointStore store;
  private final List<CheckpointSink> sinks;

  CheckpointWitnesses(CheckpointStore store, List<CheckpointSink> sinks) {
    this.store = store;
    this.sinks = List.copyOf(sinks);
  }

  void catchUp() {
    for (CheckpointSink sink : sinks) {
      try {
        catchUp(sink);
      } catch (IOException e) {
        log.error("audit sink does not take checkpoints, will be tried again: {}", e.toString());
      }
    }
  }

  private void catchUp(CheckpointSink sink) throws IOException {
    long latest = store.latest().map(KeptCheckpoint::number).orElse(0L);
    if (latest < sink.last()) {
      log.error(
          "the audit sink has checkpoint {}, the database ends at {}: it was cut back or restored",
          sink.last(),
          latest);
      return;
    }
    List<KeptCheckpoint> next = store.after(sink.last(), BATCH);
    while (!next.isEmpty()) {
      for (KeptCheckpoint checkpoint : next) {
        sink.take(checkpoint, line(checkpoint));
      }
      next = store.after(sink.last(), BATCH);
    }
  }

  static String line(KeptCheckpoint kept) {
    AuditCheckpoint checkpoint = Checkpoints.parse(kept);
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("type", "alts-audit-checkpoint");
    line.put("trustDomain", checkpoint.trustDomain().name());
    line.put("number", checkpoint.number());
    line.put("issuedAt", checkpoint.issuedAt().toString());
    line.put("chains", checkpoint.chains());
    line.put("events", checkpoint.events());
    line.put("document", Base64.getEncoder().encodeToString(kept.signed().toByteArray()));
    return JSON.writeValueAsString(line);
  }

  @Override
  public void close() {
    sinks.forEach(CheckpointSink::close);
  }
}
