package dev.alts.ca.issuance;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Numbers that no other replica and no other life of this one uses: taken from the database in
 * blocks, counted out in memory. Thread-safe.
 */
final class NumberBlocks {
  private static final int BLOCK = 10_000;

  private final JdbcTemplate jdbc;
  private final TransactionTemplate ownTransaction;
  private final String name;
  private long next;
  private long end;

  NumberBlocks(JdbcTemplate jdbc, PlatformTransactionManager transactions, String name) {
    this.jdbc = jdbc;
    this.ownTransaction = new TransactionTemplate(transactions);
    // If the caller's transaction were rolled back, another replica would be given the same block.
    ownTransaction.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
    this.name = name;
  }

  /** {@return a positive number, once} */
  synchronized long next() {
    if (next == end) {
      Long first =
          ownTransaction.execute(status ->
              jdbc.queryForObject(
                  "update number_block set next = next + ? where name = ? returning next - ?",
                  Long.class,
                  BLOCK,
                  name,
                  BLOCK));
      if (first == null) {
        throw new IllegalStateException("number block %s: not in the database".formatted(name));
      }
      next = first;
      end = first + BLOCK;
    }
    return next++;
  }
}
