package dev.alts.ca.exchange;

import dev.alts.ca.issuance.RecordAttachment;
import dev.alts.ca.issuance.RecordCompanion;
import dev.alts.identity.RevocationId;
import dev.alts.identity.SpiffeId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * Certificates that were given for tokens, until they expire. Each is remembered in the transaction
 * of its record, so none escapes a change of the rules.
 */
@Repository
class ExchangeGrants implements RecordCompanion {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final TypeReference<Map<String, String>> FACTS = new TypeReference<>() {};

  private final JdbcClient jdbc;

  ExchangeGrants(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** What a grant is about beyond its certificate. */
  record Granted(String issuer, String rule, long ruleVersion, Map<String, String> facts)
      implements RecordAttachment {
    Granted {
      facts = Map.copyOf(facts);
    }
  }

  /** A certificate that has not expired. */
  record LiveExchange(
      RevocationId revocationId, String issuer, SpiffeId spiffeId, Map<String, String> facts) {}

  @Override
  public void record(List<Recorded> group) {
    for (Recorded recorded : group) {
      if (recorded.attachment() instanceof Granted granted) {
        insert(recorded, granted);
      }
    }
  }

  private void insert(Recorded recorded, Granted granted) {
    jdbc.sql(
            """
            INSERT INTO exchange_grant
                (revocation_id, issuer, spiffe_id, rule, rule_version, facts, issued_at, not_after)
            VALUES (:id, :issuer, :identity, :rule, :version, :facts, :issued, :until)
            ON CONFLICT (revocation_id) DO NOTHING\
            """)
        .param("id", recorded.attributes().revocationId().value())
        .param("issuer", granted.issuer())
        .param("identity", recorded.subject().toString())
        .param("rule", granted.rule())
        .param("version", granted.ruleVersion())
        .param("facts", JSON.writeValueAsString(granted.facts()))
        .param("issued", recorded.attributes().issuedAt().atOffset(ZoneOffset.UTC))
        .param("until", recorded.notAfter().atOffset(ZoneOffset.UTC))
        .update();
  }

  /**
   * {@return some that no version from {@code version} on has judged, or whose issuer has gone,
   * also while they were being given}
   */
  List<LiveExchange> judgedBefore(long version, int limit) {
    return jdbc.sql(
            """
            SELECT * FROM exchange_grant g
            WHERE (rule_version < :version
                OR NOT EXISTS (SELECT FROM exchange_issuer i WHERE i.name = g.issuer))
              AND not_after > clock_timestamp()
            ORDER BY revocation_id LIMIT :most\
            """)
        .param("version", version)
        .param("most", limit)
        .query(ExchangeGrants::live)
        .list();
  }

  void markJudged(RevocationId id, long version) {
    jdbc.sql("UPDATE exchange_grant SET rule_version = :version WHERE revocation_id = :id")
        .param("id", id.value())
        .param("version", version)
        .update();
  }

  /** What is revoked has been judged for good. */
  void forget(RevocationId id) {
    jdbc.sql("DELETE FROM exchange_grant WHERE revocation_id = :id")
        .param("id", id.value())
        .update();
  }

  /** {@return how many certificates an issuer's tokens gave that have not expired} */
  int count(String issuer) {
    return jdbc.sql(
            """
            SELECT count(*) FROM exchange_grant
            WHERE issuer = :issuer AND not_after > clock_timestamp()\
            """)
        .param("issuer", issuer)
        .query(Integer.class)
        .single();
  }

  /** {@return how many certificates an issuer's tokens gave in the last minute} */
  long inTheLastMinute(String issuer) {
    return jdbc.sql(
            """
            SELECT count(*) FROM exchange_grant WHERE issuer = :issuer
            AND issued_at > clock_timestamp() - interval '1 minute'\
            """)
        .param("issuer", issuer)
        .query(Long.class)
        .single();
  }

  void forgetExpired() {
    jdbc.sql("DELETE FROM exchange_grant WHERE not_after < clock_timestamp() - interval '5 min'")
        .update();
  }

  private static LiveExchange live(ResultSet row, int number) throws SQLException {
    return new LiveExchange(
        new RevocationId(row.getLong("revocation_id")),
        row.getString("issuer"),
        SpiffeId.parse(row.getString("spiffe_id")),
        JSON.readValue(row.getString("facts"), FACTS));
  }
}
