package dev.alts.ca.backup;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The tables of a database as the catalogue lists them, so that a new one is never forgotten. */
final class BackupTables {
  /** Who holds a lease now says nothing in another life; the schema's history is written anew. */
  private static final Set<String> LEFT_OUT = Set.of("flyway_schema_history", "replica", "duty");

  private BackupTables() {}

  /** A table whose rows are copied; a partitioned one with those of its partitions. */
  record Table(String name, List<String> columns) {
    String quotedColumns() {
      return columns.stream().map(BackupTables::quoted).collect(Collectors.joining(", "));
    }
  }

  /**
   * @param bound as PostgreSQL writes it, {@code FOR VALUES FROM (...) TO (...)} or {@code DEFAULT}
   */
  record Partition(String name, String parent, String bound) {}

  record Sequence(String name, long value) {}

  static String quoted(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  /** {@return all of them, each behind those that its foreign keys point to} */
  static List<Table> inOrderOfReference(Connection connection) throws SQLException {
    Map<String, Table> tables = new LinkedHashMap<>();
    for (List<String> row :
        rows(
            connection,
            """
            select c.relname, a.attname from pg_class c join pg_attribute a on a.attrelid = c.oid
            where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p')
              and not c.relispartition and a.attnum > 0 and not a.attisdropped
              and a.attgenerated = ''
            order by c.relname, a.attnum
            """)) {
      if (!LEFT_OUT.contains(row.getFirst())) {
        tables
            .computeIfAbsent(row.getFirst(), name -> new Table(name, new ArrayList<>()))
            .columns()
            .add(row.get(1));
      }
    }
    List<List<String>> references =
        rows(
            connection,
            """
            select s.relname, t.relname from pg_constraint f
            join pg_class s on s.oid = f.conrelid join pg_class t on t.oid = f.confrelid
            where f.contype = 'f' and s.oid <> t.oid
              and s.relnamespace = current_schema()::regnamespace
            """);
    List<Table> ordered = new ArrayList<>();
    Set<String> done = new HashSet<>();
    while (ordered.size() < tables.size()) {
      int before = ordered.size();
      for (Table table : tables.values()) {
        boolean ready =
            references.stream()
                .filter(reference -> reference.getFirst().equals(table.name()))
                .allMatch(reference ->
                    done.contains(reference.get(1)) || !tables.containsKey(reference.get(1)));
        if (ready && done.add(table.name())) {
          ordered.add(table);
        }
      }
      if (ordered.size() == before) {
        throw new IllegalStateException("tables refer to each other in a circle");
      }
    }
    return ordered;
  }

  static List<Partition> partitions(Connection connection) throws SQLException {
    return rows(
            connection,
            """
            select c.relname, p.relname, pg_get_expr(c.relpartbound, c.oid)
            from pg_class c join pg_inherits i on i.inhrelid = c.oid
            join pg_class p on p.oid = i.inhparent
            where c.relispartition and c.relkind = 'r'
              and c.relnamespace = current_schema()::regnamespace
            order by c.relname
            """)
        .stream()
        .map(row -> new Partition(row.getFirst(), row.get(1), row.get(2)))
        .toList();
  }

  /** {@return the next value that each sequence would give} */
  static List<Sequence> sequences(Connection connection) throws SQLException {
    return rows(
            connection,
            """
            select sequencename, (coalesce(last_value + increment_by, start_value))::text
            from pg_sequences where schemaname = current_schema() order by sequencename
            """)
        .stream()
        .map(row -> new Sequence(row.getFirst(), Long.parseLong(row.get(1))))
        .toList();
  }

  static List<String> schemaVersions(Connection connection) throws SQLException {
    return rows(
            connection,
            """
            select version from flyway_schema_history
            where success and version is not null order by installed_rank
            """)
        .stream()
        .map(List::getFirst)
        .toList();
  }

  static List<List<String>> rows(Connection connection, String query) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(query);
        ResultSet result = statement.executeQuery()) {
      int columns = result.getMetaData().getColumnCount();
      List<List<String>> rows = new ArrayList<>();
      while (result.next()) {
        List<String> row = new ArrayList<>();
        for (int i = 1; i <= columns; i++) {
          row.add(result.getString(i));
        }
        rows.add(row);
      }
      return rows;
    }
  }
}
