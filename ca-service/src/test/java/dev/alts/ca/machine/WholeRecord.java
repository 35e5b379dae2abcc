package dev.alts.ca.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alts.ca.audit.AuditChains;
import dev.alts.identity.Bytes;
import dev.alts.identity.crypto.Sha256;
import java.util.HashSet;
import java.util.Set;
import org.springframework.jdbc.core.JdbcTemplate;

/** What must hold of the database and of what callers were told, whatever happened to the CA. */
final class WholeRecord {
  private WholeRecord() {}

  /** No stack trace, no SQL, no "internal error". */
  static void isClear(String answer) {
    assertThat(answer)
        .doesNotContain("INTERNAL")
        .doesNotContain("Exception")
        .doesNotContain("ERROR:");
  }

  static void assertThatAllIsThereOnce(Set<Bytes> acknowledged, JdbcTemplate jdbc) {
    Set<Bytes> recorded = new HashSet<>();
    jdbc.query(
        "select tbs from certificate where spiffe_id = 'spiffe://test.alts/demo/web'",
        row -> {
          recorded.add(Sha256.of(row.getBytes("tbs")));
        });
    Set<Bytes> missing = new HashSet<>(acknowledged);
    missing.removeAll(recorded);
    assertThat(missing).as("acknowledged certificates without a record").isEmpty();
    assertThat(recorded).as("certificates beyond one for each request").hasSameSizeAs(acknowledged);
    assertThat(count(jdbc, "select count(*) - count(distinct serial) from certificate")).isZero();
    assertThat(
            count(
                jdbc,
                "select count(*) - count(distinct left(encode(serial, 'hex'), -16))"
                    + " from certificate where octet_length(serial) > 8"))
        .as("serial numbers whose counted half is there twice")
        .isZero();
    assertThat(
            count(
                jdbc,
                """
                select count(*) from (
                  select sequence - lag(sequence) over (partition by topic, scope order by sequence)
                    as step from watch_event) steps
                where step <> 1
                """))
        .as("gaps in topics")
        .isZero();
    assertThat(new AuditChains(jdbc).findings()).isEmpty();
  }

  static long count(JdbcTemplate jdbc, String query) {
    Long count = jdbc.queryForObject(query, Long.class);
    return count == null ? 0 : count;
  }
}
