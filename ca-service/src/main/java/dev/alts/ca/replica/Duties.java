package dev.alts.ca.replica;

import dev.alts.ca.audit.ChainEnds;
import dev.alts.ca.audit.ReplicaIncarnation;
import java.time.Duration;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Background work that is done once however many replicas there are. Thread-safe.
 *
 * <p>Whoever holds a duty goes on doing it; if it is not seen for a while another takes over. A
 * holder that was stopped in the middle may still be in its work when the next one begins: what it
 * then tries to record fails, as for every replica without a lease.
 */
public final class Duties {
  private static final Duration LENGTH = Duration.ofSeconds(30);

  private final JdbcTemplate jdbc;
  private final ReplicaIncarnation incarnation;
  private final ReplicaLease lease;

  Duties(JdbcTemplate jdbc, ReplicaIncarnation incarnation, ReplicaLease lease) {
    this.jdbc = jdbc;
    this.incarnation = incarnation;
    this.lease = lease;
  }

  /**
   * Does {@code work} if this replica holds the duty or can take it.
   *
   * @param name the same at every replica, in lower case with hyphens
   * @return whether it did
   * @throws LeaseLostException if the replica has no lease
   */
  public boolean attempt(String name, Runnable work) {
    long epoch = lease.epoch();
    boolean mine =
        jdbc.update(
                """
                insert into duty as held (name, holder, epoch, until)
                values (?, ?, ?, clock_timestamp() + make_interval(secs => ?))
                on conflict (name) do update
                set holder = excluded.holder, epoch = excluded.epoch, until = excluded.until
                where held.holder = excluded.holder or held.until <= clock_timestamp()
                """,
                name,
                incarnation.id(),
                epoch,
                (double) LENGTH.toSeconds())
            == 1;
    if (mine) {
      lease.run(work);
    }
    return mine;
  }

  /**
   * Forgets replicas that ended without saying so, a day after their lease, and closes their audit
   * chains. One that only slept has to be started again.
   */
  public void forgetDeparted() {
    ChainEnds chains = new ChainEnds(jdbc);
    jdbc.queryForList(
            """
            select incarnation from replica where until < clock_timestamp() - interval '1 day'
            """,
            UUID.class)
        .forEach(departed -> {
          chains.close(new ReplicaIncarnation(departed));
          jdbc.update(
              """
              delete from replica
              where incarnation = ? and until < clock_timestamp() - interval '1 day'
              """,
              departed);
        });
  }
}
