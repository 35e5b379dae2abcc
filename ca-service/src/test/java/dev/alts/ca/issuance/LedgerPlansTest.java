package dev.alts.ca.issuance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alts.ca.issuance.CertificateQuery.RevokedThings;
import dev.alts.ca.testing.CaCore;
import dev.alts.testing.Suite;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Whether each search finds its index: 20,000 rows in every build, 1,000,000 in the chaos suite.
 */
class LedgerPlansTest {
  private static final String IDENTITY = "spiffe://test.alts/ns-27/sa-77";
  private static final int PART = 20_000;
  private static CaCore ca;

  @BeforeAll
  static void fill() {
    ca = CaCore.start();
    JdbcTemplate jdbc = ca.jdbc();
    for (int day = 0; day < 3; day++) {
      jdbc.execute(
          """
          create table certificate_plan_%d partition of certificate for values
            from (date_trunc('day', now()) + interval '%d days')
            to (date_trunc('day', now()) + interval '%d days')
          """
              .formatted(day, day + 40, day + 41));
    }
    // in parts, each well within the limit for one statement
    for (int row = 1; row <= rows(); row += PART) {
      fill(jdbc, row, row + PART - 1);
    }
    jdbc.execute("analyze certificate");
  }

  private static void fill(JdbcTemplate jdbc, int first, int last) {
    jdbc.update(
        """
        insert into certificate (serial, revocation_id, spiffe_id, profile, boundary, machine,
          may_delegate, authority_id, spki_sha256, tbs, requester, authorized_by, incarnation,
          issued_at, not_before, not_after)
        select int8send(n) || sha256(int8send(n)), n,
          'spiffe://test.alts/ns-' || n % 50 || '/sa-' || n % 1000, 'WORKLOAD_MASTER', 'rack',
          'host-' || n % 2000, true, gen_random_uuid(), sha256(''), sha256(int8send(n)), 'machine',
          'rule rule-' || n % 200 || ' of version 1', gen_random_uuid(),
          date_trunc('second', now() - interval '60 days' - n * interval '80 ms'), now(),
          date_trunc('day', now()) + interval '40 days 1 s' + (n * 13 % 255000) * interval '1 s'
        from generate_series(?, ?) n
        """,
        first, last);
  }

  private static int rows() {
    return Suite.CHAOS.runs() ? 1_000_000 : 20_000;
  }

  @AfterAll
  static void stop() {
    ca.close();
  }

  @Test
  void everySearchIsServedByAnIndex() {
    Instant now = Instant.now();
    Map<String, CertificateQuery> searches = new LinkedHashMap<>();
    searches.put("newest", query(null, null, null, null, null, ""));
    searches.put("identity", query(IDENTITY, null, null, null, null, ""));
    searches.put("identity prefix", query("spiffe://test.alts/ns-7/*", null, null, null, null, ""));
    searches.put("machine", query(null, "host-77", null, null, null, ""));
    searches.put("serial", query(null, null, "7", null, null, ""));
    searches.put("rule", query(null, null, null, "rule-7", null, ""));
    searches.put("expiring", query(null, null, null, null, now.plusSeconds(41L * 24 * 3600), ""));
    searches.put(
        "page behind",
        query(null, null, null, null, null, now.getEpochSecond() - 60L * 24 * 3600 - 600 + "-7f"));

    searches.forEach((name, query) -> {
      new TransactionTemplate(ca.bean(PlatformTransactionManager.class))
          .executeWithoutResult(status -> {
            long before = sequentialScans();
            long start = System.nanoTime();
            int found = ca.bean(IssuedCertificates.class).search(query).items().size();
            System.out.printf(
                "ledger search %-16s %4d rows in %6.1f ms%n",
                name, found, (System.nanoTime() - start) / 1e6);
            assertThat(sequentialScans()).as(name).isEqualTo(before);
          });
    });
  }

  @Test
  void whatIsRevokedIsFoundWithoutReadingWhatIsNot() {
    Instant now = Instant.now();
    RevokedThings revoked =
        new RevokedThings(
            List.of(7L, 8L, 9L),
            List.of(new CertificateQuery.IssuedTo(IDENTITY, now)),
            List.of(new CertificateQuery.IssuedTo("host-77", now)),
            List.of());

    assertReadsFew(
        "revoked",
        () ->
            ca.bean(IssuedCertificates.class)
                .search(
                    new CertificateQuery(
                        null, null, null, null, null, null, null, true, false, false, revoked, 100,
                        ""))
                .items()
                .size());
  }

  @Test
  void whatWasNeverRenewedBelowAPrefixIsFoundByTheIdentity() {
    assertReadsFew(
        "unrenewed",
        () ->
            ca.bean(IssuedCertificates.class)
                .search(
                    new CertificateQuery(
                        "spiffe://test.alts/ns-7/*",
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        true,
                        false,
                        RevokedThings.NONE,
                        100,
                        ""))
                .items()
                .size());
  }

  @Test
  void inventoryBelowAPrefixReadsThatOnly() {
    assertReadsFew(
        "inventory",
        () ->
            ca.bean(IssuedCertificates.class)
                .inventory("spiffe://test.alts/ns-7/", "", 100)
                .size());
  }

  /** A fiftieth of all rows lies below the prefix; a tenth leaves room for the planner. */
  private static void assertReadsFew(String name, IntSupplier search) {
    new TransactionTemplate(ca.bean(PlatformTransactionManager.class))
        .executeWithoutResult(status -> {
          long before = rowsRead();
          int found = search.getAsInt();
          long read = rowsRead() - before;
          System.out.printf("ledger search %-16s %4d rows, %d read%n", name, found, read);
          assertThat(found).as(name).isPositive();
          assertThat(read).as(name).isLessThan(rows() / 10);
        });
  }

  private static long rowsRead() {
    return number(
        """
        select coalesce(sum(seq_tup_read + idx_tup_fetch), 0) from pg_stat_xact_user_tables
        where relname like 'certificate_plan%'
        """);
  }

  private static long number(String sql) {
    Long number = ca.jdbc().queryForObject(sql, Long.class);
    return number == null ? 0 : number;
  }

  /** Of this transaction; the default partition is all but empty, so reading it whole is right. */
  private static long sequentialScans() {
    return number(
        """
        select coalesce(sum(seq_scan), 0) from pg_stat_xact_user_tables
        where relname like 'certificate_plan%'
        """);
  }

  private static CertificateQuery query(
      @Nullable String identity,
      @Nullable String machine,
      @Nullable String serial,
      @Nullable String rule,
      @Nullable Instant expiresBefore,
      String after) {
    return new CertificateQuery(
        identity,
        machine,
        serial,
        rule,
        null,
        null,
        expiresBefore,
        null,
        false,
        false,
        RevokedThings.NONE,
        100,
        after);
  }
}
