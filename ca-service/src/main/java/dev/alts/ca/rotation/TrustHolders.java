package dev.alts.ca.rotation;

import dev.alts.ca.attestation.MachineName;
import dev.alts.identity.Bytes;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** What every agent last said that it holds. The newest word counts, also if it went back. */
@Repository
public class TrustHolders {
  private final JdbcClient jdbc;

  TrustHolders(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Remembers what a machine's agent says about itself. */
  public void record(MachineName machine, Holding holding) {
    jdbc.sql(
            """
            INSERT INTO trust_holder (machine, sequence, authority_key_ids)
            VALUES (:machine, :sequence, :ids)
            ON CONFLICT (machine) DO UPDATE SET sequence = excluded.sequence,
                authority_key_ids = excluded.authority_key_ids, said_at = clock_timestamp()\
            """)
        .param("machine", machine.text())
        .param("sequence", holding.sequence())
        .param(
            "ids",
            holding.authorityKeyIds().stream().map(Bytes::toByteArray).toArray(byte[][]::new))
        .update();
  }

  Map<MachineName, Holding> all() {
    Map<MachineName, Holding> all = new HashMap<>();
    jdbc.sql("SELECT machine, sequence, authority_key_ids FROM trust_holder")
        .query((row, number) -> all.put(new MachineName(row.getString("machine")), holding(row)))
        .list();
    return all;
  }

  private static Holding holding(ResultSet row) throws SQLException {
    Set<Bytes> ids = new HashSet<>();
    for (byte[] id : (byte[][]) row.getArray("authority_key_ids").getArray()) {
      ids.add(Bytes.copyOf(id));
    }
    return new Holding(row.getLong("sequence"), ids);
  }
}
