package dev.alts.ca.compatibility;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alts.ca.testing.CaTestDatabase;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * While replicas are replaced one by one, those of the version before work on the new schema: each
 * of their statements must still be understood, and what they insert must still be enough.
 */
@Tag("abuse-56")
class SchemaCompatibilityTest {
  private static final String COLUMNS =
      """
      select table_name || '.' || column_name as name, data_type as type
      from information_schema.columns where table_schema = 'public'
      """;

  private final JdbcTemplate now = CaTestDatabase.connect(CaTestDatabase.newDatabase());

  @ParameterizedTest
  @CsvSource({"issue-3, 20", "issue-5, 48"})
  void everyStatementOfAnEarlierVersionIsStillUnderstood(String version) {
    List<String> refused = new ArrayList<>();
    for (String statement : statements(version)) {
      try {
        now.execute("prepare earlier as " + statement);
        now.execute("deallocate all");
      } catch (DataAccessException e) {
        refused.add(statement + ": " + e.getMostSpecificCause().getMessage());
      }
    }
    assertThat(refused).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"issue-3, 20", "issue-5, 48"})
  void whatAnEarlierVersionInsertsAndReadsIsStillEnough(String version, String migration) {
    JdbcTemplate then = CaTestDatabase.connect(CaTestDatabase.migratedTo(migration));
    Map<String, String> before = columns(then);
    Map<String, String> after = columns(now);
    TreeSet<String> tables = new TreeSet<>();
    before.keySet().forEach(name -> tables.add(name.substring(0, name.indexOf('.'))));

    assertThat(after).as("columns of %s and their types", version).containsAllEntriesOf(before);
    List<String> demanded =
        now.queryForList(
            """
            select table_name || '.' || column_name from information_schema.columns
            where table_schema = 'public' and is_nullable = 'NO' and column_default is null
              and is_identity = 'NO'
            """,
            String.class);
    assertThat(demanded)
        .as("new columns without which nothing can be inserted into a table of %s", version)
        .filteredOn(name -> tables.contains(name.substring(0, name.indexOf('.'))))
        .allMatch(before::containsKey);
  }

  private static Map<String, String> columns(JdbcTemplate jdbc) {
    Map<String, String> columns = new TreeMap<>();
    jdbc.query(
        COLUMNS,
        row -> {
          columns.put(row.getString("name"), row.getString("type"));
        });
    return columns;
  }

  /** One statement a paragraph. */
  private static List<String> statements(String version) {
    String resource = "/compatibility/" + version + ".statements.sql";
    try (InputStream in = SchemaCompatibilityTest.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException(resource + ": missing");
      }
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return Arrays.stream(text.split("\n\n"))
          .map(String::strip)
          .filter(s -> !s.isEmpty())
          .toList();
    } catch (IOException e) {
      throw new IllegalStateException(resource, e);
    }
  }
}
