package dev.alts.ca.resumption;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.alts.ca.attestation.MachineName;
import dev.alts.ca.resumption.Handouts.Generation;
import dev.alts.ca.resumption.Handouts.Handout;
import dev.alts.ca.resumption.ResumptionKeys.Holder;
import dev.alts.ca.testing.CaTestDatabase;
import dev.alts.identity.SpiffeId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

class HandoutsTest {
  private static final MachineName HOST = new MachineName("host-1");
  private static final MachineName OTHER = new MachineName("host-2");
  private static final Holder WEB = holder("/web", "rack-7");
  private static final Holder ELSEWHERE = holder("/web", "rack-8");
  private static final Holder API = holder("/api", "rack-7");
  private static final Instant UNTIL = Instant.parse("2026-11-24T12:00:00Z");

  private final JdbcTemplate jdbc = CaTestDatabase.connect(CaTestDatabase.newDatabase());
  private final Handouts handouts =
      new Handouts(jdbc, new TransactionTemplate(new JdbcTransactionManager(jdbc.getDataSource())));

  @Test
  void whoIsGivenKeysIsOnRecord() {
    handouts.remembered(Set.of(new Handout(HOST, WEB, UNTIL), new Handout(OTHER, API, UNTIL)));

    assertThat(recorded())
        .containsExactly(
            "host-1 spiffe://demo.alts/web rack-7 " + UNTIL,
            "host-2 spiffe://demo.alts/api rack-7 " + UNTIL);
  }

  @Test
  void theRecordLastsAsLongAsTheKeyThatOpensLongest() {
    handouts.remembered(Set.of(new Handout(HOST, WEB, UNTIL)));

    handouts.remembered(Set.of(new Handout(HOST, WEB, UNTIL.minusSeconds(1))));
    assertThat(recorded()).containsExactly("host-1 spiffe://demo.alts/web rack-7 " + UNTIL);
    handouts.remembered(
        Set.of(
            new Handout(HOST, WEB, UNTIL.plusSeconds(2)),
            new Handout(HOST, WEB, UNTIL.plusSeconds(1))));

    assertThat(recorded())
        .containsExactly("host-1 spiffe://demo.alts/web rack-7 " + UNTIL.plusSeconds(2));
  }

  @Test
  void aHandoutThatRepeatsOneIsNotWrittenAgain() {
    Set<Handout> handout = Set.of(new Handout(HOST, WEB, UNTIL));
    handouts.remembered(handout);
    String written = jdbc.queryForObject("SELECT xmin FROM resumption_handout", String.class);

    handouts.remembered(handout);

    assertThat(jdbc.queryForObject("SELECT xmin FROM resumption_handout", String.class))
        .isEqualTo(written);
  }

  @Test
  void eachIsToldTheGenerationOfItsOwnIdentityAndBoundary() {
    replaced(API, 4, UNTIL.minusSeconds(60));
    replaced(ELSEWHERE, 7, UNTIL.minusSeconds(30));
    Handout api = new Handout(HOST, API, UNTIL);
    Handout apiToOther = new Handout(OTHER, API, UNTIL);
    Handout elsewhere = new Handout(HOST, ELSEWHERE, UNTIL);
    Handout neverReplaced = new Handout(HOST, WEB, UNTIL);

    Map<Handout, Generation> generations =
        handouts.remembered(Set.of(neverReplaced, elsewhere, apiToOther, api));

    assertThat(generations)
        .containsOnly(
            Map.entry(api, new Generation(4, UNTIL.minusSeconds(60))),
            Map.entry(apiToOther, new Generation(4, UNTIL.minusSeconds(60))),
            Map.entry(elsewhere, new Generation(7, UNTIL.minusSeconds(30))));
  }

  @Test
  void whoIsNotToldAGenerationIsNotOnRecordEither() {
    jdbc.execute("DROP TABLE resumption_generation");

    assertThatExceptionOfType(DataAccessException.class)
        .isThrownBy(() -> handouts.remembered(Set.of(new Handout(HOST, WEB, UNTIL))));

    assertThat(recorded()).isEmpty();
  }

  private void replaced(Holder holder, int generation, Instant at) {
    jdbc.update(
        "INSERT INTO resumption_generation VALUES (?, ?, ?, to_timestamp(?))",
        holder.identity().toString(),
        holder.boundary(),
        generation,
        at.getEpochSecond());
  }

  private List<String> recorded() {
    return jdbc.query(
        "SELECT * FROM resumption_handout ORDER BY machine",
        (row, number) ->
            "%s %s %s %s"
                .formatted(
                    row.getString("machine"),
                    row.getString("spiffe_id"),
                    row.getString("boundary"),
                    row.getTimestamp("opens_until").toInstant()));
  }

  private static Holder holder(String path, String boundary) {
    return new Holder(SpiffeId.parse("spiffe://demo.alts" + path), boundary);
  }
}
