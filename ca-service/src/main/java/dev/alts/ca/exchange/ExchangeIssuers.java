package dev.alts.ca.exchange;

import dev.alts.identity.Bytes;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import tools.jackson.databind.json.JsonMapper;

/**
 * The issuers that admins trust. What is removed is gone with the next request, on every replica.
 */
@Service
public class ExchangeIssuers {
  public static final int MOST = 100;

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final JdbcClient jdbc;

  ExchangeIssuers(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** An issuer, and who answers for it. */
  public record Entry(ExchangeIssuer issuer, String author, String reason, Instant addedAt) {}

  /** What is kept of an issuer besides its name and URL. */
  private record Definition(
      String audience,
      Set<String> algorithms,
      Map<String, String> required,
      Map<String, String> facts,
      List<String> roots,
      long maxAgeSeconds) {}

  /** {@return false if there is one of this name or URL already, or there are {@link #MOST}} */
  public boolean add(ExchangeIssuer issuer, String author, String reason) {
    Definition definition =
        new Definition(
            issuer.audience(),
            issuer.algorithms(),
            issuer.required(),
            issuer.facts(),
            issuer.roots().stream().map(Bytes::toHex).toList(),
            issuer.maxAge().toSeconds());
    try {
      return jdbc.sql(
                  """
                  INSERT INTO exchange_issuer (name, url, definition, author, reason)
                  SELECT :name, :url, :definition, :author, :reason
                  WHERE (SELECT count(*) FROM exchange_issuer) < :most\
                  """)
              .param("name", issuer.name())
              .param("url", issuer.url())
              .param("definition", JSON.writeValueAsString(definition))
              .param("author", author)
              .param("reason", reason)
              .param("most", MOST)
              .update()
          == 1;
    } catch (DuplicateKeyException e) {
      return false;
    }
  }

  /** {@return false if there is none of this name} */
  boolean remove(String name) {
    return jdbc.sql("DELETE FROM exchange_issuer WHERE name = :name").param("name", name).update()
        == 1;
  }

  /** {@return all of them, by name} */
  public List<Entry> list() {
    return jdbc.sql("SELECT * FROM exchange_issuer ORDER BY name")
        .query(ExchangeIssuers::entry)
        .list();
  }

  Set<String> names() {
    return list().stream().map(entry -> entry.issuer().name()).collect(Collectors.toSet());
  }

  /** {@return the one whose tokens say {@code iss}, by every character} */
  Optional<ExchangeIssuer> ofUrl(String iss) {
    return jdbc.sql("SELECT * FROM exchange_issuer WHERE url = :url")
        .param("url", iss)
        .query(ExchangeIssuers::entry)
        .optional()
        .map(Entry::issuer);
  }

  private static Entry entry(ResultSet row, int number) throws SQLException {
    Definition definition = JSON.readValue(row.getString("definition"), Definition.class);
    return new Entry(
        new ExchangeIssuer(
            row.getString("name"),
            row.getString("url"),
            definition.audience(),
            definition.algorithms(),
            definition.required(),
            definition.facts(),
            definition.roots().stream().map(Bytes::fromHex).toList(),
            Duration.ofSeconds(definition.maxAgeSeconds())),
        row.getString("author"),
        row.getString("reason"),
        row.getTimestamp("added_at").toInstant());
  }
}
