package dev.alts.ca.resumption;

import dev.alts.api.machine.v1.IdentityResumptionKeys;
import dev.alts.api.machine.v1.WatchResponse;
import dev.alts.ca.attestation.MachineName;
import dev.alts.ca.database.DatabaseClock;
import dev.alts.ca.resumption.Handouts.Generation;
import dev.alts.ca.resumption.Handouts.Handout;
import dev.alts.ca.watch.WatchLog;
import dev.alts.ca.watch.WatchTopic;
import dev.alts.identity.SpiffeId;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Resumption keys of identities that accept connections. Thread-safe.
 *
 * <p>Who is given a key is written down first, so that a revocation knows whose keys to replace.
 */
@Service
public class ResumptionKeys {
  private final JdbcClient jdbc;
  private final TransactionTemplate transactions;
  private final ResumptionRoots roots;
  private final WatchLog watch;
  private final Handing handing;

  ResumptionKeys(
      JdbcClient jdbc,
      TransactionTemplate transactions,
      ResumptionRoots roots,
      WatchLog watch,
      Handing handing) {
    this.jdbc = jdbc;
    this.transactions = transactions;
    this.roots = roots;
    this.watch = watch;
    this.handing = handing;
  }

  /** What handing out works with. */
  record Handing(RecentRoots roots, Handouts handouts, DatabaseClock clock) {}

  /** An identity within a boundary: what a resumption key is for. */
  public record Holder(SpiffeId identity, String boundary) {}

  /** As {@link #handOut(MachineName, Set)} for one. */
  public List<ResumptionKey> handOut(MachineName machine, Holder holder) {
    return handOut(machine, Set.of(holder)).getOrDefault(holder, List.of());
  }

  /**
   * {@return the keys of each holder, newest first, for {@code machine} to keep}
   *
   * <p>They must cross a network only over a hybrid key exchange; that is the caller's part. The
   * caller closes them. Not within a transaction of the caller's.
   */
  public Map<Holder, List<ResumptionKey>> handOut(MachineName machine, Set<Holder> holders) {
    ResumptionPeriod period = ResumptionPeriod.at(handing.clock().now());
    Map<Handout, Generation> generations =
        handing
            .handouts()
            .remembered(
                holders.stream()
                    .map(holder -> new Handout(machine, holder, period.opensUntil()))
                    .collect(Collectors.toSet()));
    Map<Holder, List<ResumptionKey>> keys = new HashMap<>();
    for (Holder holder : holders) {
      Handout handout = new Handout(machine, holder, period.opensUntil());
      keys.put(holder, keys(holder, generations.getOrDefault(handout, Generation.FIRST), period));
    }
    return keys;
  }

  private List<ResumptionKey> keys(Holder holder, Generation generation, ResumptionPeriod period) {
    List<ResumptionKey> keys = new ArrayList<>();
    try (ResumptionRoots.Root root = handing.roots().drawn(period)) {
      keys.add(key(root, holder, generation, period));
    }
    previous(holder, generation, period.previous()).ifPresent(keys::add);
    return keys;
  }

  /** Nobody sealed anything with a generation that began after its period ended. */
  private Optional<ResumptionKey> previous(
      Holder holder, Generation generation, ResumptionPeriod period) {
    if (!generation.createdAt().isBefore(period.sealsUntil())) {
      return Optional.empty();
    }
    Optional<ResumptionRoots.Root> found = handing.roots().find(period);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    try (ResumptionRoots.Root root = found.get()) {
      return Optional.of(key(root, holder, generation, period));
    }
  }

  private static ResumptionKey key(
      ResumptionRoots.Root root, Holder holder, Generation generation, ResumptionPeriod period) {
    Instant createdAt =
        root.createdAt().isAfter(generation.createdAt())
            ? root.createdAt()
            : generation.createdAt();
    return new ResumptionKey(
        ResumptionKeyDerivation.derive(
            root.secret(), holder.identity(), holder.boundary(), generation.number()),
        generation.number(),
        createdAt,
        period);
  }

  /** {@return what {@code machine} was given keys of that may still open something} */
  public List<Holder> handedTo(MachineName machine) {
    return holders("machine = :value", machine.text());
  }

  /** {@return in which boundaries keys of {@code identity} were given to anyone} */
  public List<Holder> handedOutOf(SpiffeId identity) {
    return holders("spiffe_id = :value", identity.toString());
  }

  private List<Holder> holders(String condition, String value) {
    return jdbc.sql(
            "SELECT DISTINCT spiffe_id, boundary FROM resumption_handout"
                + " WHERE opens_until > clock_timestamp() AND "
                + condition)
        .param("value", value)
        .query((row, number) ->
            new Holder(SpiffeId.parse(row.getString("spiffe_id")), row.getString("boundary")))
        .list();
  }

  /**
   * Replaces every key of {@code holder} from {@code since} on, without any opening grace, and has
   * all machines but {@code except} that hold them get the new ones (handshake.md section 7).
   */
  public void replace(Holder holder, Instant since, Optional<MachineName> except) {
    transactions.executeWithoutResult(status -> {
      jdbc.sql(
              """
              INSERT INTO resumption_generation AS g (spiffe_id, boundary, generation, created_at)
              VALUES (:id, :boundary, 1, :since)
              ON CONFLICT (spiffe_id, boundary)
              DO UPDATE SET generation = g.generation + 1, created_at = EXCLUDED.created_at\
              """)
          .param("id", holder.identity().toString())
          .param("boundary", holder.boundary())
          .param("since", Timestamp.from(since))
          .update();
      except.ifPresent(machine -> forgetHandout(machine, holder));
      announce(holder);
    });
  }

  private void forgetHandout(MachineName machine, Holder holder) {
    jdbc.sql(
            """
            DELETE FROM resumption_handout
            WHERE machine = :machine AND spiffe_id = :id AND boundary = :boundary\
            """)
        .param("machine", machine.text())
        .param("id", holder.identity().toString())
        .param("boundary", holder.boundary())
        .update();
  }

  /** The event says that there are other keys now; the keys are added when it is sent. */
  private void announce(Holder holder) {
    List<String> machines =
        jdbc.sql(
                """
                SELECT machine FROM resumption_handout
                WHERE spiffe_id = :id AND boundary = :boundary AND opens_until > clock_timestamp()\
                """)
            .param("id", holder.identity().toString())
            .param("boundary", holder.boundary())
            .query((row, number) -> row.getString("machine"))
            .list();
    machines.forEach(machine -> publish(machine, holder));
  }

  private void publish(String machine, Holder holder) {
    watch.publish(
        WatchTopic.RESUMPTION_KEYS,
        machine,
        WatchResponse.newBuilder()
            .setResumptionKeys(
                IdentityResumptionKeys.newBuilder()
                    .setSpiffeId(holder.identity().toString())
                    .setBoundary(holder.boundary()))
            .build());
  }

  /**
   * Starts the present period if nobody did: draws its root, has everyone who holds keys of the
   * previous one get the new ones, and erases what opens nothing any more.
   */
  public void startPeriod() {
    transactions.executeWithoutResult(status -> {
      Instant now = now();
      ResumptionPeriod period = ResumptionPeriod.at(now);
      jdbc.sql("LOCK TABLE resumption_root IN SHARE ROW EXCLUSIVE MODE").update();
      roots.eraseExpired(now);
      handing.roots().forgetBefore(period.previous());
      jdbc.sql("DELETE FROM resumption_handout WHERE opens_until < clock_timestamp()").update();
      Optional<ResumptionRoots.Root> started = roots.find(period);
      started.ifPresent(ResumptionRoots.Root::close);
      if (started.isPresent()) {
        return;
      }
      roots.drawn(period).close();
      holders("opens_until > :value::timestamptz", now.toString()).forEach(this::announce);
    });
  }

  private Instant now() {
    return jdbc.sql("SELECT clock_timestamp()")
        .query((row, number) -> row.getTimestamp(1).toInstant())
        .single();
  }
}
