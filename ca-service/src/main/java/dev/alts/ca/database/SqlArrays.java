package dev.alts.ca.database;

import dev.alts.identity.Bytes;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;

/**
 * Binds a column of many rows as one array, for {@code unnest}: one statement then writes a whole
 * group, which costs PostgreSQL a fraction of a statement for each row. Confined to one thread.
 *
 * @param <R> what a row is made of
 */
public final class SqlArrays<R> {
  private final Connection connection;
  private final PreparedStatement statement;
  private final List<R> rows;
  private int index;

  public SqlArrays(Connection connection, PreparedStatement statement, List<R> rows) {
    this.connection = connection;
    this.statement = statement;
    this.rows = List.copyOf(rows);
  }

  /** Leaves the first parameters to the caller. */
  public SqlArrays<R> after(int parameters) {
    index = parameters;
    return this;
  }

  /** The next parameter: {@code bytea[]}. */
  public SqlArrays<R> bytes(Function<R, Bytes> column) throws SQLException {
    return bind(
        "bytea", rows.stream().map(row -> column.apply(row).toByteArray()).toArray(byte[][]::new));
  }

  /** The next parameter: {@code text[]}. */
  public SqlArrays<R> texts(Function<R, String> column) throws SQLException {
    return bind("text", rows.stream().map(column).toArray(String[]::new));
  }

  /** The next parameter: {@code bigint[]}. */
  public SqlArrays<R> numbers(Function<R, Long> column) throws SQLException {
    return bind("int8", rows.stream().map(column).toArray(Long[]::new));
  }

  /** The next parameter: {@code boolean[]}. */
  public SqlArrays<R> flags(Function<R, Boolean> column) throws SQLException {
    return bind("bool", rows.stream().map(column).toArray(Boolean[]::new));
  }

  /** The next parameter: {@code bigint[]} of whole seconds, for {@code to_timestamp}. */
  public SqlArrays<R> seconds(Function<R, Instant> column) throws SQLException {
    return numbers(row -> column.apply(row).getEpochSecond());
  }

  private SqlArrays<R> bind(String type, Object[] values) throws SQLException {
    index++;
    statement.setArray(index, connection.createArrayOf(type, values));
    return this;
  }
}
