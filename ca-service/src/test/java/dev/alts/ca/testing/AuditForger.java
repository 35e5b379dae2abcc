package dev.alts.ca.testing;

import java.util.UUID;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * What somebody can do to the audit log who is a superuser of the database and knows how it is
 * made: everything but sign.
 */
public final class AuditForger {
  private final JdbcTemplate jdbc;

  public AuditForger(JdbcTemplate jdbc) {
    this.jdbc = jdbc;
    jdbc.execute(
        """
        create or replace function pg_temp.digest(label text, variadic parts text[])
        returns bytea language plpgsql as $$
        declare
          input bytea := convert_to(label, 'UTF8') || '\\x00'::bytea;
          part text;
        begin
          foreach part in array parts loop
            input := input || int4send(octet_length(convert_to(part, 'UTF8')))
              || convert_to(part, 'UTF8');
          end loop;
          return sha256(input);
        end $$;
        create or replace function pg_temp.rechain(chain bigint) returns void language plpgsql as $$
        declare
          h bytea;
          e record;
          n bigint := 0;
        begin
          select pg_temp.digest('ALTS/1 audit chain', incarnation || ' ' || purpose) into h
            from audit_chain where chain_id = chain;
          for e in select * from audit_event where chain_id = chain order by sequence loop
            h := pg_temp.digest('ALTS/1 audit event', encode(h, 'hex'), e.sequence::text,
              ((extract(epoch from e.recorded_at) * 1000000)::bigint)::text, e.type, e.body);
            update audit_event set hash = h where chain_id = chain and sequence = e.sequence;
            n := e.sequence;
          end loop;
          update audit_chain set head = h, next_sequence = n + 1 where chain_id = chain;
        end $$;
        """);
  }

  /** Makes every hash of a chain right again, the head and the length too. */
  public void rechain(long chain) {
    jdbc.query("select pg_temp.rechain(?)", row -> {}, chain);
  }

  /** {@return a whole chain with {@code events} events of {@code daysAgo} days ago} */
  public long oldChain(int events, int daysAgo) {
    Long chain =
        jdbc.queryForObject(
            """
            insert into audit_chain (incarnation, purpose, head)
            values (?, 'replica', sha256('')) returning chain_id
            """,
            Long.class,
            UUID.randomUUID());
    if (chain == null) {
      throw new AssertionError("an insert returns its key");
    }
    jdbc.update(
        """
        insert into audit_event (chain_id, sequence, recorded_at, type, body, hash)
        select ?, n, clock_timestamp() - ? * interval '1 day' + n * interval '1 s', 'Old', '{}',
          sha256('') from generate_series(1, ?) n
        """,
        chain,
        daysAgo,
        events);
    rechain(chain);
    return chain;
  }
}
