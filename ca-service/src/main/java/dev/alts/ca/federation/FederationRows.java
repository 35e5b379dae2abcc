package dev.alts.ca.federation;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.alts.api.federation.v1.DomainDocuments;
import dev.alts.ca.fetch.HttpsUrl;
import dev.alts.identity.Bytes;
import dev.alts.identity.EntityKind;
import dev.alts.identity.SpiffeId;
import dev.alts.identity.TrustDomain;
import dev.alts.identity.document.RootFingerprint;
import java.nio.charset.StandardCharsets;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.jdbc.core.JdbcTemplate;

/** The table of federations. */
final class FederationRows {
  private final JdbcTemplate jdbc;

  FederationRows(JdbcTemplate jdbc) {
    this.jdbc = jdbc;
  }

  /** What is published is published in the order in which it became true. */
  void lock() {
    jdbc.execute("lock table federation in share row exclusive mode");
  }

  List<ForeignDomain> all() {
    return jdbc.query("select * from federation order by trust_domain", FederationRows::read);
  }

  Optional<ForeignDomain> find(TrustDomain domain) {
    return jdbc
        .query(
            "select * from federation where trust_domain = ?", FederationRows::read, domain.name())
        .stream()
        .findFirst();
  }

  /** Enters the relationship, or replaces it with what is held of it. */
  void put(Relationship relationship, String changedBy, Fetched held) {
    jdbc.update(connection -> {
      PreparedStatement insert =
          connection.prepareStatement(
              """
              insert into federation (trust_domain, endpoint_url, endpoint_spiffe_id,
                web_authorities, root_sha256, private_network, kinds, accepted_paths,
                given_to_paths, max_age_seconds, changed_by, bundle, bundle_sequence, documents)
              values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
              on conflict (trust_domain) do update set
                version = nextval('federation_version'), endpoint_url = excluded.endpoint_url,
                endpoint_spiffe_id = excluded.endpoint_spiffe_id,
                web_authorities = excluded.web_authorities, root_sha256 = excluded.root_sha256,
                private_network = excluded.private_network, kinds = excluded.kinds,
                accepted_paths = excluded.accepted_paths,
                given_to_paths = excluded.given_to_paths,
                max_age_seconds = excluded.max_age_seconds, changed_by = excluded.changed_by,
                changed_at = clock_timestamp(), bundle = excluded.bundle,
                bundle_sequence = excluded.bundle_sequence, documents = excluded.documents,
                next_fetch_at = clock_timestamp()\
              """);
      bind(insert, relationship, connection);
      insert.setString(11, changedBy);
      bindHeld(insert, 12, held);
      return insert;
    });
  }

  private static void bind(PreparedStatement insert, Relationship relationship, Connection database)
      throws SQLException {
    Acceptance acceptance = relationship.acceptance();
    insert.setString(1, relationship.domain().name());
    insert.setString(2, relationship.endpoint().toString());
    switch (relationship.profile()) {
      case EndpointProfile.HttpsWeb web -> {
        insert.setString(3, null);
        insert.setArray(
            4,
            database.createArrayOf(
                "bytea",
                web.authorities().stream().map(Bytes::toByteArray).toArray(byte[][]::new)));
      }
      case EndpointProfile.HttpsSpiffe spiffe -> {
        insert.setString(3, spiffe.endpoint().toString());
        insert.setArray(4, database.createArrayOf("bytea", new byte[0][]));
      }
    }
    RootFingerprint root = relationship.root();
    insert.setBytes(5, root == null ? null : root.sha256().toByteArray());
    insert.setBoolean(6, relationship.privateNetwork());
    insert.setArray(
        7,
        database.createArrayOf(
            "int4", acceptance.kinds().stream().map(EntityKind::number).sorted().toArray()));
    insert.setArray(8, texts(database, acceptance.paths().stream()));
    insert.setArray(9, texts(database, acceptance.givenTo().stream()));
    insert.setLong(10, acceptance.maxAge().toSeconds());
  }

  private static Array texts(Connection database, Stream<String> texts) throws SQLException {
    return database.createArrayOf("text", texts.toArray());
  }

  private static void bindHeld(PreparedStatement statement, int first, Fetched held)
      throws SQLException {
    SpiffeBundle bundle = held.bundle();
    statement.setString(first, bundle == null ? null : SpiffeBundleText.write(bundle));
    statement.setObject(first + 1, bundle == null ? null : bundle.sequence());
    DomainDocuments documents = held.documents();
    statement.setBytes(first + 2, documents == null ? null : documents.toByteArray());
  }

  boolean delete(TrustDomain domain) {
    return jdbc.update("delete from federation where trust_domain = ?", domain.name()) == 1;
  }

  /**
   * {@return those whose time has come} They are nobody else's until {@code lease} has passed, so
   * of several replicas one fetches.
   */
  List<ForeignDomain> claimDue(Duration lease) {
    return jdbc.query(
        """
        update federation set next_fetch_at = clock_timestamp() + make_interval(secs => ?)
        where trust_domain in (
          select trust_domain from federation where next_fetch_at <= clock_timestamp()
          order by next_fetch_at limit 16 for update skip locked)
        returning *
        """,
        FederationRows::read,
        (double) lease.toSeconds());
  }

  /** Notes a success. */
  void fetched(TrustDomain domain, Fetched held, Duration untilNext) {
    jdbc.update(connection -> {
      PreparedStatement update =
          connection.prepareStatement(
              """
              update federation set bundle = ?, bundle_sequence = ?, documents = ?,
                fetched_at = clock_timestamp(), failures = 0, last_failure = null,
                next_fetch_at = clock_timestamp() + make_interval(secs => ?)
              where trust_domain = ?
              """);
      bindHeld(update, 1, held);
      update.setDouble(4, seconds(untilNext));
      update.setString(5, domain.name());
      return update;
    });
  }

  /** Notes a failure; what is held stays. */
  void failed(TrustDomain domain, long version, String why, Duration untilNext) {
    jdbc.update(
        """
        update federation set failures = failures + 1, last_failure = ?,
          next_fetch_at = clock_timestamp() + make_interval(secs => ?)
        where trust_domain = ? and version = ?
        """,
        why,
        seconds(untilNext),
        domain.name(),
        version);
  }

  private static double seconds(Duration duration) {
    return duration.toMillis() / 1000.0;
  }

  private static ForeignDomain read(ResultSet row, int number) throws SQLException {
    TrustDomain domain = new TrustDomain(row.getString("trust_domain"));
    String endpointId = row.getString("endpoint_spiffe_id");
    EndpointProfile profile =
        endpointId == null
            ? new EndpointProfile.HttpsWeb(
                Arrays.stream((byte[][]) row.getArray("web_authorities").getArray())
                    .map(Bytes::copyOf)
                    .toList())
            : new EndpointProfile.HttpsSpiffe(SpiffeId.parse(endpointId));
    byte[] root = row.getBytes("root_sha256");
    OffsetDateTime fetchedAt = row.getObject("fetched_at", OffsetDateTime.class);
    return new ForeignDomain(
        new Relationship(
            domain,
            HttpsUrl.parse(row.getString("endpoint_url")),
            profile,
            root == null ? null : new RootFingerprint(Bytes.copyOf(root)),
            row.getBoolean("private_network"),
            new Acceptance(
                kinds(row),
                texts(row, "accepted_paths"),
                texts(row, "given_to_paths"),
                Duration.ofSeconds(row.getLong("max_age_seconds")))),
        row.getLong("version"),
        row.getString("changed_by"),
        instant(row, "changed_at"),
        held(row, domain),
        fetchedAt == null ? null : fetchedAt.toInstant(),
        instant(row, "next_fetch_at"),
        row.getInt("failures"),
        row.getString("last_failure"));
  }

  private static Fetched held(ResultSet row, TrustDomain domain) throws SQLException {
    String bundle = row.getString("bundle");
    byte[] documents = row.getBytes("documents");
    try {
      return new Fetched(
          bundle == null ? null : parsed(bundle, domain),
          documents == null ? null : DomainDocuments.parseFrom(documents));
    } catch (InvalidProtocolBufferException | InvalidBundleException e) {
      throw new IllegalStateException("what is held of %s is damaged".formatted(domain), e);
    }
  }

  private static SpiffeBundle parsed(String bundle, TrustDomain domain)
      throws InvalidBundleException {
    return SpiffeBundleText.parseStored(
        Bytes.copyOf(bundle.getBytes(StandardCharsets.UTF_8)), domain);
  }

  private static List<String> texts(ResultSet row, String column) throws SQLException {
    return List.of((String[]) row.getArray(column).getArray());
  }

  private static Set<EntityKind> kinds(ResultSet row) throws SQLException {
    Set<Integer> numbers = Set.of((Integer[]) row.getArray("kinds").getArray());
    return Arrays.stream(EntityKind.values())
        .filter(kind -> numbers.contains(kind.number()))
        .collect(Collectors.toUnmodifiableSet());
  }

  private static Instant instant(ResultSet row, String column) throws SQLException {
    return row.getObject(column, OffsetDateTime.class).toInstant();
  }
}
