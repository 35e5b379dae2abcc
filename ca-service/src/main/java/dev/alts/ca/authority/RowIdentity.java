package dev.alts.ca.authority;

/**
 * The row in which a wrapped secret is kept. It is authenticated with the secret, so one copied
 * into another row does not open.
 *
 * @param key primary key as text
 */
public record RowIdentity(String table, String column, String key) {
  @Override
  public String toString() {
    return table + "/" + column + "/" + key;
  }
}
