package dev.alts.ca.audit;

import dev.alts.identity.Bytes;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcTemplate;

/** Recomputes the chains that the database keeps. */
public final class AuditChains {
  private final JdbcTemplate jdbc;

  public AuditChains(JdbcTemplate jdbc) {
    this.jdbc = jdbc;
  }

  /** {@return one sentence for each chain that was altered or shortened; none: all are whole} */
  public List<String> findings() {
    List<String> findings = new ArrayList<>();
    jdbc.query(
        "select chain_id, incarnation, purpose, next_sequence, head from audit_chain order by chain_id",
        chain -> {
          long chainId = chain.getLong("chain_id");
          State state =
              replay(
                  chainId,
                  AuditChain.empty(
                      chain.getObject("incarnation", UUID.class), chain.getString("purpose")));
          if (!state.whole()) {
            findings.add(
                "chain %d: event %d is missing or was altered".formatted(chainId, state.next()));
          } else if (state.next() != chain.getLong("next_sequence")
              || !state.head().equals(Bytes.copyOf(chain.getBytes("head")))) {
            findings.add("chain %d: its end is missing".formatted(chainId));
          }
        });
    return findings;
  }

  private State replay(long chainId, Bytes empty) {
    State[] state = {new State(1, empty, true)};
    jdbc.query(
        "select sequence, recorded_at, type, body, hash from audit_event where chain_id = ? order by sequence",
        event -> {
          State before = state[0];
          long sequence = event.getLong("sequence");
          Bytes head =
              AuditChain.next(
                  before.head(),
                  sequence,
                  event.getObject("recorded_at", OffsetDateTime.class).toInstant(),
                  event.getString("type"),
                  event.getString("body"));
          boolean whole =
              before.whole()
                  && sequence == before.next()
                  && head.equals(Bytes.copyOf(event.getBytes("hash")));
          state[0] = whole ? new State(sequence + 1, head, true) : before.broken();
        },
        chainId);
    return state[0];
  }

  private record State(long next, Bytes head, boolean whole) {
    State broken() {
      return new State(next, head, false);
    }
  }
}
