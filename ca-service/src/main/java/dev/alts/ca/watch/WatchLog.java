package dev.alts.ca.watch;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.alts.api.machine.v1.WatchResponse;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Events by topic, with sequences that have no gaps. Thread-safe.
 *
 * <p>An event is published in the transaction of what it tells about, so it is pushed exactly if
 * that happened.
 */
@Repository
public class WatchLog {
  /** Name of the database's notification; a hint only, whoever listens also looks regularly. */
  static final String CHANNEL = "alts_watch";

  /** Kept of a topic of which only the latest counts, for a look back. */
  private static final int KEPT_STATES = 16;

  private final JdbcClient jdbc;
  private final TransactionTemplate transactions;

  public WatchLog(JdbcClient jdbc, TransactionTemplate transactions) {
    this.jdbc = jdbc;
    this.transactions = transactions;
  }

  /** How far a topic is. */
  public record Head(TopicKey key, long sequence, UUID incarnation) {}

  /** A topic as one machine sees it. */
  public record TopicKey(WatchTopic topic, String scope) {}

  /** One event as it is sent: the complete message. */
  public record Event(TopicKey key, long sequence, WatchResponse message) {}

  /**
   * Publishes in the transaction that the caller is in.
   *
   * @param machine whose topic it is; ignored where the topic is the domain's
   * @param update with nothing set but the update itself
   * @return the event's sequence
   */
  public long publish(WatchTopic topic, String machine, WatchResponse update) {
    String scope = topic.scopeFor(machine);
    Long sequence =
        transactions.execute(status -> {
          long next = lockAndAdvance(topic, scope);
          insert(topic, scope, next, update);
          prune(topic, scope, next);
          jdbc.sql("SELECT pg_notify(:channel, :scope)")
              .param("channel", CHANNEL)
              .param("scope", scope)
              .query((row, number) -> "")
              .list();
          return next;
        });
    return sequence;
  }

  /** Publishes a state unless the topic's latest event says the same already. */
  public void publishIfChanged(WatchTopic topic, WatchResponse update) {
    publishUnless(latest -> latest.equals(update), topic, update);
  }

  /** Publishes a state unless the topic has an event and {@code superfluous} says so of it. */
  public void publishUnless(
      Predicate<WatchResponse> superfluous, WatchTopic topic, WatchResponse update) {
    transactions.executeWithoutResult(status -> {
      lock(topic);
      Optional<WatchResponse> latest =
          jdbc.sql(
                  """
                  SELECT payload FROM watch_event WHERE topic = :topic AND scope = ''
                  ORDER BY sequence DESC LIMIT 1\
                  """)
              .param("topic", topic.number())
              .query(byte[].class)
              .optional()
              .map(payload -> parse(topic, payload));
      if (latest.filter(superfluous).isEmpty()) {
        publish(topic, "", update);
      }
    });
  }

  private static WatchResponse parse(WatchTopic topic, byte[] payload) {
    try {
      return WatchResponse.parseFrom(payload);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("watch event of %s is damaged".formatted(topic), e);
    }
  }

  private void lock(WatchTopic topic) {
    jdbc.sql("SELECT sequence FROM watch_topic WHERE topic = :topic AND scope = '' FOR UPDATE")
        .param("topic", topic.number())
        .query(Long.class)
        .list();
  }

  private long lockAndAdvance(WatchTopic topic, String scope) {
    return jdbc.sql(
            """
            INSERT INTO watch_topic (topic, scope, sequence) VALUES (:topic, :scope, 1)
            ON CONFLICT (topic, scope) DO UPDATE SET sequence = watch_topic.sequence + 1
            RETURNING sequence\
            """)
        .param("topic", topic.number())
        .param("scope", scope)
        .query(Long.class)
        .single();
  }

  private void insert(WatchTopic topic, String scope, long sequence, WatchResponse update) {
    jdbc.sql(
            """
            INSERT INTO watch_event (topic, scope, sequence, payload)
            VALUES (:topic, :scope, :sequence, :payload)\
            """)
        .param("topic", topic.number())
        .param("scope", scope)
        .param("sequence", sequence)
        .param("payload", update.toByteArray())
        .update();
  }

  /** A log event is kept until every certificate that it could be about has expired. */
  private void prune(WatchTopic topic, String scope, long sequence) {
    String expired =
        switch (topic.kind()) {
          case STATE -> "sequence <= :sequence";
          case LOG ->
              "sequence <= :sequence AND published_at < clock_timestamp() - interval '3 days'";
        };
    jdbc.sql("DELETE FROM watch_event WHERE topic = :topic AND scope = :scope AND " + expired)
        .param("topic", topic.number())
        .param("scope", scope)
        .param("sequence", sequence - KEPT_STATES)
        .update();
  }

  /** {@return how far the domain's topics are and those of {@code machines}} */
  public List<Head> heads(Collection<String> machines) {
    return jdbc.sql(
            """
            SELECT topic, scope, sequence, incarnation FROM watch_topic
            WHERE scope = '' OR scope = ANY (:machines)\
            """)
        .param("machines", machines.toArray(String[]::new))
        .query(WatchLog::head)
        .list();
  }

  private static Head head(ResultSet row, int number) throws SQLException {
    WatchTopic topic = WatchTopic.ofNumber(row.getInt("topic")).orElseThrow();
    return new Head(
        new TopicKey(topic, row.getString("scope")),
        row.getLong("sequence"),
        row.getObject("incarnation", UUID.class));
  }

  /**
   * {@return what comes behind {@code after}, in order; of a state only the latest}
   *
   * @param since log events published earlier are left out: they are about a former life
   */
  public List<Event> eventsAfter(TopicKey key, long after, Instant since, int limit) {
    boolean latestOnly = key.topic().kind() == WatchTopic.Kind.STATE;
    return jdbc.sql(
            """
            SELECT e.sequence, e.payload, t.incarnation
            FROM watch_event e JOIN watch_topic t ON t.topic = e.topic AND t.scope = e.scope
            WHERE e.topic = :topic AND e.scope = :scope AND e.sequence > :after
                AND (:state OR e.published_at >= :since)
            ORDER BY e.sequence\
            """
                + (latestOnly ? " DESC LIMIT 1" : " LIMIT " + limit))
        .param("topic", key.topic().number())
        .param("scope", key.scope())
        .param("after", after)
        .param("state", latestOnly)
        .param("since", Timestamp.from(since))
        .query((row, number) -> event(key, row))
        .list();
  }

  private static Event event(TopicKey key, ResultSet row) throws SQLException {
    try {
      long sequence = row.getLong("sequence");
      WatchResponse message =
          WatchResponse.parseFrom(row.getBytes("payload")).toBuilder()
              .setTopicValue(key.topic().number())
              .setSequence(sequence)
              .setResumeToken(ResumeToken.of(row.getObject("incarnation", UUID.class)))
              .build();
      return new Event(key, sequence, message);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("watch event of %s is damaged".formatted(key), e);
    }
  }
}
