package dev.alts.ca.federation;

import dev.alts.ca.authority.JwtAuthorities;
import dev.alts.ca.authority.TrustDocuments;
import dev.alts.ca.jwt.JwtBundles;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

/**
 * The SPIFFE bundle of our own trust domain: its issuing authorities and JWT keys, under a sequence
 * that grows with every change, over all replicas and lives of the database. Thread-safe.
 */
final class OwnBundle {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final JdbcTemplate jdbc;
  private final TransactionTemplate transactions;
  private final TrustDocuments trust;
  private final JwtAuthorities jwtAuthorities;
  private final JwtBundles jwtKeys;

  OwnBundle(
      JdbcTemplate jdbc,
      TransactionTemplate transactions,
      TrustDocuments trust,
      JwtAuthorities jwtAuthorities,
      JwtBundles jwtKeys) {
    this.jdbc = jdbc;
    this.transactions = transactions;
    this.trust = trust;
    this.jwtAuthorities = jwtAuthorities;
    this.jwtKeys = jwtKeys;
  }

  /**
   * A version.
   *
   * @param keys the member of this name, JSON
   */
  record Version(long sequence, String keys) {}

  /** {@return the newest version; empty before the first} */
  Optional<Version> newest() {
    return jdbc
        .query(
            "select sequence, keys from own_bundle order by sequence desc limit 1",
            (row, number) -> new Version(row.getLong("sequence"), row.getString("keys")))
        .stream()
        .findFirst();
  }

  /** Makes a new version if authorities or keys have changed; a duty of one replica. */
  void publish() {
    transactions.executeWithoutResult(status -> {
      jdbc.execute("lock table own_bundle in share row exclusive mode");
      trust.catchUp();
      jwtAuthorities.refresh();
      String keys = JSON.writeValueAsString(keys());
      if (newest().filter(version -> version.keys().equals(keys)).isEmpty()) {
        jdbc.update(
            """
            insert into own_bundle (sequence, keys)
            select greatest(coalesce(max(sequence), 0), sequence_floor()) + 1, ? from own_bundle
            """,
            keys);
      }
    });
  }

  private List<Object> keys() {
    List<Object> keys = new ArrayList<>();
    trust
        .current()
        .parsed()
        .authorities()
        .forEach(authority -> keys.add(SpiffeBundleText.jwk(authority.certificate())));
    keys.addAll(jwtKeys.keys());
    return keys;
  }
}
