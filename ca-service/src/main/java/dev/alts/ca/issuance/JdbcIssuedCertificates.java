package dev.alts.ca.issuance;

import dev.alts.identity.EntityKind;
import dev.alts.identity.RevocationId;
import dev.alts.identity.SpiffeId;
import java.math.BigInteger;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Reads the table of certificates. */
final class JdbcIssuedCertificates implements IssuedCertificates {
  private final JdbcClient jdbc;

  JdbcIssuedCertificates(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  @Override
  public Page search(CertificateQuery query, LedgerScope scope) {
    Order order = query.expiresBefore() == null ? Order.NEWEST : Order.FIRST_TO_EXPIRE;
    CertificateConditions conditions = new CertificateConditions(query);
    conditions.within(scope);
    if (!query.after().isEmpty()) {
      conditions.add(order.behind(), CertificateCursor.parse(query.after()).parameters());
    }
    List<RecordedCertificate> found = read(conditions, order, query.limit() + 1);
    if (found.size() <= query.limit()) {
      return new Page(found, "");
    }
    List<RecordedCertificate> items = found.subList(0, query.limit());
    return new Page(items, order.cursor(items.getLast()).text());
  }

  @Override
  public Optional<RecordedCertificate> find(String serial) {
    return search(CertificateQuery.bySerial(serial, CertificateQuery.RevokedThings.NONE))
        .items()
        .stream()
        .findFirst();
  }

  @Override
  public Optional<RecordedCertificate> find(RevocationId id) {
    return jdbc.sql(
            """
            select c.serial, c.revocation_id, c.spiffe_id, c.profile, c.boundary, c.machine,
              c.authorized_by, c.requester, c.incarnation, c.issued_at, c.not_after,
              false as revoked
            from certificate c where c.revocation_id = :id limit 1
            """)
        .param("id", id.value())
        .query((row, number) -> read(row))
        .optional();
  }

  private List<RecordedCertificate> read(CertificateConditions conditions, Order order, int limit) {
    return jdbc.sql(
            """
            select c.serial, c.revocation_id, c.spiffe_id, c.profile, c.boundary, c.machine,
              c.authorized_by, c.requester, c.incarnation, c.issued_at, c.not_after, %s as revoked
            from certificate c where %s order by %s limit :limit
            """
                .formatted(conditions.revoked(), conditions.where(), order.by()))
        .params(conditions.parameters())
        .param("limit", limit)
        .query((row, number) -> read(row))
        .list();
  }

  @Override
  public Holding livedAt(SpiffeId identity, String machine, Instant time, int limit) {
    String lived =
        """
        from certificate c where c.spiffe_id = :identity and (:machine = '' or c.machine = :machine)
          and c.issued_at <= :time and c.not_after > :time
        """;
    List<RecordedCertificate> newest =
        jdbc.sql(
                """
                select c.serial, c.revocation_id, c.spiffe_id, c.profile, c.boundary, c.machine,
                  c.authorized_by, c.requester, c.incarnation, c.issued_at, c.not_after,
                  false as revoked
                """
                    + lived
                    + " order by c.issued_at desc, c.serial desc limit :limit")
            .param("identity", identity.toString())
            .param("machine", machine)
            .param("time", Timestamp.from(time))
            .param("limit", limit)
            .query((row, number) -> read(row))
            .list();
    return jdbc.sql("select count(*) as held, count(distinct c.machine) as machines " + lived)
        .param("identity", identity.toString())
        .param("machine", machine)
        .param("time", Timestamp.from(time))
        .query((row, number) -> new Holding(row.getLong("held"), row.getLong("machines"), newest))
        .single();
  }

  @Override
  public List<IdentityInventory> inventory(
      String prefix, LedgerScope scope, String after, int limit) {
    ScopeCondition within = new ScopeCondition(scope);
    // Whether one was renewed is a matter of the newest of its machine and profile.
    return jdbc.sql(
            """
            select spiffe_id, sum(held) as certificates, count(distinct machine) as machines,
              count(*) filter (where newest + (newest_ends - newest) / 2 < clock_timestamp())
                as never_renewed,
              max(newest) as newest, max(last_expiry) as last_expiry
            from (
              select spiffe_id, machine, profile, count(*) as held, max(issued_at) as newest,
                (array_agg(not_after order by issued_at desc))[1] as newest_ends,
                max(not_after) as last_expiry
              from certificate c
              where %s and not_after > clock_timestamp() and spiffe_id like :prefix
                and spiffe_id collate "C" > :after
              group by spiffe_id, machine, profile) as held
            group by spiffe_id order by spiffe_id collate "C" limit :limit
            """
                .formatted(within.text()))
        .params(within.parameters())
        .param("prefix", CertificateConditions.literally(prefix))
        .param("after", after)
        .param("limit", limit)
        .query((row, number) ->
            new IdentityInventory(
                row.getString("spiffe_id"),
                row.getLong("certificates"),
                row.getLong("machines"),
                row.getLong("never_renewed"),
                time(row, "newest"),
                time(row, "last_expiry")))
        .list();
  }

  @Override
  public List<SpiffeId> holdersOf(UUID authority, EntityKind kind) {
    return jdbc.sql(
            """
            select spiffe_id from (
              select distinct on (spiffe_id) spiffe_id, authority_id from certificate
              where not_after > clock_timestamp() and profile = any (:profiles)
              order by spiffe_id, issued_at desc, recorded_at desc) newest
            where authority_id = :authority
            order by spiffe_id
            """)
        .param(
            "profiles",
            Stream.of(CertificateProfile.values())
                .filter(profile -> profile.kind() == kind)
                .map(Enum::name)
                .toArray(String[]::new))
        .param("authority", authority)
        .query((row, number) -> SpiffeId.parse(row.getString("spiffe_id")))
        .list();
  }

  private static RecordedCertificate read(ResultSet row) throws SQLException {
    return new RecordedCertificate(
        new BigInteger(row.getBytes("serial")).toString(16),
        new RevocationId(row.getLong("revocation_id")),
        SpiffeId.parse(row.getString("spiffe_id")),
        CertificateProfile.valueOf(row.getString("profile")),
        row.getString("boundary"),
        row.getString("machine"),
        row.getString("authorized_by"),
        row.getString("requester"),
        row.getObject("incarnation", UUID.class),
        time(row, "issued_at"),
        time(row, "not_after"),
        row.getBoolean("revoked"));
  }

  private static Instant time(ResultSet row, String column) throws SQLException {
    Timestamp time = row.getTimestamp(column);
    if (time == null) {
      throw new AssertionError(column + " is never null");
    }
    return time.toInstant();
  }

  /** In which order pages come; each has an index. */
  private enum Order {
    NEWEST(
        "c.issued_at desc, c.serial desc", "(c.issued_at, c.serial) < (:afterTime, :afterSerial)"),
    FIRST_TO_EXPIRE(
        "c.not_after, c.serial", "(c.not_after, c.serial) > (:afterTime, :afterSerial)");

    private final String by;
    private final String behind;

    Order(String by, String behind) {
      this.by = by;
      this.behind = behind;
    }

    String by() {
      return by;
    }

    String behind() {
      return behind;
    }

    CertificateCursor cursor(RecordedCertificate last) {
      return switch (this) {
        case NEWEST -> new CertificateCursor(last.issuedAt(), last.serial());
        case FIRST_TO_EXPIRE -> new CertificateCursor(last.notAfter(), last.serial());
      };
    }
  }
}
