package dev.alts.ca.authority;

/**
 * A table with secrets that are sealed by {@link KeyCustody}. Each is a bean of the module whose
 * table it is, so that a rotation of the wrapping key forgets none.
 *
 * @param keyColumn its text is the key of {@link RowIdentity}
 */
public record WrappedTable(String table, String column, String keyColumn) {
  public WrappedTable {
    for (String name : new String[] {table, column, keyColumn}) {
      if (!name.matches("[a-z_]+")) {
        throw new IllegalArgumentException(
            "wrapped table: \"%s\" (expected: a-z and '_')".formatted(name));
      }
    }
  }

  RowIdentity row(String key) {
    return new RowIdentity(table, column, key);
  }
}
