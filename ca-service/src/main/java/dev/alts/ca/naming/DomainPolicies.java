package dev.alts.ca.naming;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import dev.alts.api.machine.v1.Pacing;
import dev.alts.api.machine.v1.WatchResponse;
import dev.alts.api.policy.v1.ForeignDomainPolicy;
import dev.alts.api.policy.v1.RecordPolicy;
import dev.alts.api.policy.v1.RevocationPolicy;
import dev.alts.api.policy.v1.StaleRevocation;
import dev.alts.ca.audit.AuditEvent;
import dev.alts.ca.audit.AuditLog;
import dev.alts.ca.watch.WatchLog;
import dev.alts.ca.watch.WatchTopic;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Record, foreign-domain and revocation policy, and pacing: versions, pushed on authenticated
 * channels and therefore not signed. Thread-safe.
 */
@Service
public class DomainPolicies {
  private static final String RECORD = "record";
  private static final String FOREIGN = "foreign-domain";
  private static final String REVOCATION = "revocation";
  private static final String PACING = "pacing";

  /** Author of what was there before any admin. */
  private static final String CA = "ca";

  private final JdbcClient jdbc;
  private final TransactionTemplate transactions;
  private final AuditLog audit;
  private final WatchLog watch;

  public DomainPolicies(
      JdbcClient jdbc, TransactionTemplate transactions, AuditLog audit, WatchLog watch) {
    this.jdbc = jdbc;
    this.transactions = transactions;
    this.audit = audit;
    this.watch = watch;
  }

  /** Puts a record policy in force; its version is assigned here. */
  public RecordPolicy applyRecord(RecordPolicy policy, String author, String reason) {
    return append(
        RECORD,
        WatchTopic.RECORD_POLICY,
        author,
        reason,
        (version, update) -> {
          RecordPolicy numbered = policy.toBuilder().setVersion(version).build();
          update.setRecordPolicy(numbered);
          return numbered;
        });
  }

  /** Puts a foreign-domain policy in force; its version is assigned here. */
  public ForeignDomainPolicy applyForeignDomains(
      ForeignDomainPolicy policy, String author, String reason) {
    return append(
        FOREIGN,
        WatchTopic.FOREIGN_DOMAIN_POLICY,
        author,
        reason,
        (version, update) -> {
          ForeignDomainPolicy numbered = policy.toBuilder().setVersion(version).build();
          update.setForeignDomainPolicy(numbered);
          return numbered;
        });
  }

  /** Puts a revocation policy in force. */
  public RevocationPolicy applyRevocation(RevocationPolicy policy, String author, String reason) {
    return append(
        REVOCATION,
        WatchTopic.REVOCATION_POLICY,
        author,
        reason,
        (version, update) -> {
          update.setRevocationPolicy(policy);
          return policy;
        });
  }

  /** Says from now on how far renewals that the CA asks for are spread. */
  public Pacing applyPacing(Pacing pacing, String author, String reason) {
    return append(
        PACING,
        WatchTopic.PACING,
        author,
        reason,
        (version, update) -> {
          update.setPacing(pacing);
          return pacing;
        });
  }

  /**
   * {@return what {@code change} returns; empty, and nothing is changed, if another version than
   * this is in force} Nobody puts one in force between the look and the change.
   */
  public <T> Optional<T> whileInForce(PolicyVersions.Kind kind, long version, Supplier<T> change) {
    return Objects.requireNonNull(
        transactions.execute(status -> {
          lock();
          return latestVersion(kind.column()) == version
              ? Optional.of(change.get())
              : Optional.empty();
        }));
  }

  private void lock() {
    jdbc.sql("LOCK TABLE domain_policy IN SHARE ROW EXCLUSIVE MODE").update();
  }

  private long latestVersion(String kind) {
    return jdbc.sql("SELECT coalesce(max(version), 0) FROM domain_policy WHERE kind = :kind")
        .param("kind", kind)
        .query(Long.class)
        .single();
  }

  private <T extends MessageLite> T append(
      String kind,
      WatchTopic topic,
      String author,
      String reason,
      BiFunction<Long, WatchResponse.Builder, T> numbered) {
    return transactions.execute(status -> {
      lock();
      long version = latestVersion(kind) + 1;
      WatchResponse.Builder update = WatchResponse.newBuilder();
      T policy = numbered.apply(version, update);
      insert(kind, version, policy, author, reason);
      audit.append(
          new AuditEvent.AdminActed(author, "policy.apply", kind + " policy " + version, reason));
      watch.publish(topic, "", update.build());
      return policy;
    });
  }

  private void insert(String kind, long version, MessageLite policy, String author, String reason) {
    jdbc.sql(
            """
            INSERT INTO domain_policy (kind, version, body, author, reason)
            VALUES (:kind, :version, :body, :author, :reason)\
            """)
        .param("kind", kind)
        .param("version", version)
        .param("body", policy.toByteArray())
        .param("author", author)
        .param("reason", reason)
        .update();
  }

  public Optional<RecordPolicy> record() {
    return current(RECORD, RecordPolicy.parser());
  }

  public Optional<ForeignDomainPolicy> foreignDomains() {
    return current(FOREIGN, ForeignDomainPolicy.parser());
  }

  public Optional<RevocationPolicy> revocation() {
    return current(REVOCATION, RevocationPolicy.parser());
  }

  public Optional<Pacing> pacing() {
    return current(PACING, Pacing.parser());
  }

  /** {@return the pacing that an admin set last; empty: it is left to the CA} */
  public Optional<Pacing> pacingOfAdmin() {
    return latest("kind = :kind AND author <> '%s'".formatted(CA), PACING, Pacing.parser());
  }

  private <T> Optional<T> current(String kind, Parser<T> parser) {
    return latest("kind = :kind", kind, parser);
  }

  private <T> Optional<T> latest(String condition, String kind, Parser<T> parser) {
    return jdbc.sql(
            "SELECT body FROM domain_policy WHERE %s ORDER BY version DESC LIMIT 1"
                .formatted(condition))
        .param("kind", kind)
        .query(byte[].class)
        .optional()
        .map(body -> {
          try {
            return parser.parseFrom(body);
          } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("stored %s policy is damaged".formatted(kind), e);
          }
        });
  }

  /**
   * Makes sure that there is one of each.
   *
   * <p>Integrity-only comes first because it is allowable only within a boundary that an operator
   * assigned (handshake.md section 5); without boundaries everything is encrypted.
   */
  public void ensureFirst() {
    transactions.executeWithoutResult(status -> {
      lock();
      if (record().isEmpty()) {
        applyRecord(
            RecordPolicy.newBuilder()
                .addRecordProtocols("ALTSRP_GMAC_128")
                .addRecordProtocols("ALTSRP_GCM_AES128_REKEY")
                .build(),
            CA,
            "first start");
      }
      if (foreignDomains().isEmpty()) {
        applyForeignDomains(ForeignDomainPolicy.getDefaultInstance(), CA, "first start");
      }
      if (pacing().isEmpty()) {
        applyPacing(Pacing.getDefaultInstance(), CA, "first start");
      }
      if (revocation().isEmpty()) {
        applyRevocation(
            RevocationPolicy.newBuilder()
                .setWhenStale(StaleRevocation.KEEP_SERVING)
                .setMaxChannelLifeSeconds((int) Duration.ofHours(24).toSeconds())
                .build(),
            CA,
            "first start");
      }
    });
  }
}
