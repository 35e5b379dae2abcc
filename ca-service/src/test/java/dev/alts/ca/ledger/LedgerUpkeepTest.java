package dev.alts.ca.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alts.ca.audit.AuditEvent;
import dev.alts.ca.audit.AuditLog;
import dev.alts.ca.checkpoint.AuditVerification;
import dev.alts.ca.checkpoint.Checkpoints;
import dev.alts.ca.issuance.IssuanceOutcome;
import dev.alts.ca.issuance.IssuanceService;
import dev.alts.ca.testing.AuditForger;
import dev.alts.ca.testing.CaCore;
import dev.alts.ca.testing.CaTestDatabase;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

class LedgerUpkeepTest {
  private static ConfigurableApplicationContext ca;
  private static JdbcTemplate jdbc;
  private static LedgerUpkeep upkeep;

  /** What the ledger needs beyond the core; no component, so that no other scan finds it. */
  @ComponentScan({"dev.alts.ca.watch", "dev.alts.ca.checkpoint", "dev.alts.ca.ledger"})
  static class Kept {}

  @BeforeAll
  static void start() throws Exception {
    ca =
        CaCore.boot(
            Files.createTempDirectory("alts-ca-"),
            CaTestDatabase.newDatabase(),
            List.of(Kept.class),
            "alts.ca.audit.checkpoint-every=1h",
            "alts.ca.audit.checkpoint-at-least=1h");
    jdbc = ca.getBean(JdbcTemplate.class);
    upkeep = ca.getBean(LedgerUpkeep.class);
    upkeep.round();
    ca.getBean(Checkpoints.class).sign();
  }

  @AfterAll
  static void stop() {
    ca.close();
  }

  @Test
  void certificateGoesIntoThePartitionOfTheDayThatItExpires() {
    assertThat(ca.getBean(IssuanceService.class).issue(CaCore.workload("/web", CaCore.newSpki())))
        .isInstanceOf(IssuanceOutcome.Issued.class);

    assertThat(
            jdbc.queryForList(
                """
                select tableoid::regclass::text = 'certificate_p'
                  || to_char(not_after at time zone 'UTC', 'YYYYMMDD') || '_'
                  || to_char(not_after at time zone 'UTC' + interval '1 day', 'YYYYMMDD')
                from certificate where spiffe_id like '%/web'
                """,
                Boolean.class))
        .containsOnly(true);
    assertThat(count("certificate_default where not_after > clock_timestamp()")).isZero();
    assertThat(count("audit_event_default")).isZero();
  }

  @Test
  void rowsFromBeforeThePartitionAreMovedIntoIt() {
    Instant later = Instant.now().plus(Duration.ofDays(40));
    insertCertificate("moved", later, Instant.now());
    assertThat(partitionOf("moved")).isEqualTo("certificate_default");

    certificates().makeAhead(later, later);

    assertThat(partitionOf("moved")).startsWith("certificate_p2");
    assertThat(count("certificate where spiffe_id = 'moved'")).isOne();
  }

  @Test
  @Tag("abuse-46")
  void onlyWhatExpiredLongAgoAndACheckpointCoversIsDropped() {
    Instant longAgo = Instant.now().minus(Duration.ofDays(60));
    Instant recent = Instant.now().minus(Duration.ofDays(10));
    for (Instant day : List.of(longAgo, recent)) {
      certificates().makeAhead(day, day);
      insertCertificate("expired " + day, day, day.minusSeconds(60));
    }
    insertCertificate("strays", Instant.now().minus(Duration.ofDays(50)), longAgo);

    upkeep.round();

    assertThat(count("certificate where spiffe_id = 'expired " + longAgo + "'")).isZero();
    assertThat(count("certificate where spiffe_id = 'strays'")).isZero();
    assertThat(count("certificate where spiffe_id = 'expired " + recent + "'")).isOne();
    assertThat(count("audit_event where type = 'LedgerDropped' and body like '%certificate_p%'"))
        .isPositive();
  }

  @Test
  void whatNoCheckpointCoversIsKeptHoweverOld() {
    Instant old = Instant.now().minus(Duration.ofDays(90));
    certificates().makeAhead(old, old);
    // Recorded behind the latest checkpoint: its audit event may not be signed yet.
    insertCertificate("uncovered", old, Instant.now().plusSeconds(1));

    upkeep.round();

    assertThat(count("certificate where spiffe_id = 'uncovered'")).isOne();
    jdbc.update("delete from certificate where spiffe_id = 'uncovered'");
  }

  @Test
  @Tag("abuse-43")
  void auditLogIsStillWholeWhenOldEventsWereDroppedAndOnlyThen() {
    Instant old = Instant.now().minus(Duration.ofDays(500));
    events().makeAhead(old, old);
    long chain = oldChain(500);
    ca.getBean(Checkpoints.class).sign();
    assertThat(findings()).isEmpty();

    upkeep.round();

    assertThat(count("audit_event where chain_id = " + chain)).isZero();
    assertThat(
            jdbc.queryForObject(
                "select base_sequence from audit_chain where chain_id = " + chain, Long.class))
        .isEqualTo(3);
    assertThat(count("audit_event where type = 'LedgerDropped' and body like '%audit_event_p%'"))
        .isPositive();
    assertThat(findings()).isEmpty();
  }

  @Test
  @Tag("abuse-43")
  void oldEventsThatNoCheckpointCoversOrThatHaveAHoleAreKept() {
    Instant old = Instant.now().minus(Duration.ofDays(450));
    events().makeAhead(old, old);
    long uncovered = oldChain(450);

    upkeep.round();
    assertThat(count("audit_event where chain_id = " + uncovered)).isEqualTo(3);

    ca.getBean(Checkpoints.class).sign();
    jdbc.update(
        "update audit_event set sequence = 9 where sequence = 2 and chain_id = " + uncovered);
    upkeep.round();
    assertThat(count("audit_event where chain_id = " + uncovered)).isEqualTo(3);

    jdbc.update(
        "update audit_event set sequence = 2 where sequence = 9 and chain_id = " + uncovered);
    upkeep.round();
    assertThat(count("audit_event where chain_id = " + uncovered)).isZero();
    assertThat(findings()).isEmpty();
  }

  @Test
  @Tag("abuse-43")
  void eventThatIsOnItsWayWhenOldOnesAreDroppedIsNotLost() throws Exception {
    long chain = oldChain(600);
    ca.getBean(Checkpoints.class).sign();

    CompletableFuture<Void> round =
        whileARoundWaits(() ->
            jdbc.update(
                """
                insert into audit_event_default
                select chain_id, 4, recorded_at + interval '1 s', type, body, hash
                from audit_event_default where sequence = 3 and chain_id = ?
                """,
                chain));
    round.get(1, TimeUnit.MINUTES);

    assertThat(count("audit_event where sequence = 4 and chain_id = " + chain)).isOne();
    jdbc.update("delete from audit_event where sequence = 4 and chain_id = ?", chain);
  }

  @Test
  void appendToBothChainsAndADropDoNotWaitForEachOther() throws Exception {
    Instant old = Instant.now().minus(Duration.ofDays(550));
    events().makeAhead(old, old);
    oldChain(550);
    ca.getBean(Checkpoints.class).sign();
    AuditLog audit = ca.getBean(AuditLog.class);
    AuditEvent.AdminActed admin = new AuditEvent.AdminActed("/human/ada", "a", "b", "test");

    CompletableFuture<Void> round =
        whileARoundWaits(
            () -> audit.append(admin),
            () -> audit.append(new AuditEvent.LedgerDropped("both", old, 0)));

    round.get(1, TimeUnit.MINUTES);
    assertThat(count("audit_event where type = 'LedgerDropped' and body like '%both%'")).isOne();
  }

  /** Commits what it did before and after a round of upkeep came to wait for it. */
  private static CompletableFuture<Void> whileARoundWaits(Runnable before, Runnable... after) {
    CompletableFuture<Void> round = new CompletableFuture<>();
    transactions()
        .executeWithoutResult(status -> {
          before.run();
          round.completeAsync(() -> {
            upkeep.round();
            return null;
          });
          Instant deadline = Instant.now().plusSeconds(60);
          while (!round.isDone()
              && count("pg_locks where not granted") == 0
              && Instant.now().isBefore(deadline)) {
            Thread.onSpinWait();
          }
          List.of(after).forEach(Runnable::run);
        });
    return round;
  }

  @Test
  void partitionsOfBothTablesAreMadeDaysAhead() {
    assertThat(certificates().partitions().getLast().end())
        .isAfter(Instant.now().plus(Duration.ofDays(3)));
    assertThat(events().partitions().getLast().end())
        .isAfter(Instant.now().plus(Duration.ofDays(3)));
  }

  private static List<?> findings() {
    return ca.getBean(AuditVerification.class).verify(List.of()).findings();
  }

  private static long oldChain(int daysAgo) {
    // One connection: the forger's functions are temporary.
    Long chain = transactions().execute(status -> new AuditForger(jdbc).oldChain(3, daysAgo));
    assertThat(chain).isNotNull();
    return chain;
  }

  private static PartitionedTable certificates() {
    return new PartitionedTable(jdbc, transactions(), "certificate", "not_after", 1);
  }

  private static PartitionedTable events() {
    return new PartitionedTable(jdbc, transactions(), "audit_event", "recorded_at", 7);
  }

  private static TransactionTemplate transactions() {
    return new TransactionTemplate(ca.getBean(PlatformTransactionManager.class));
  }

  private static void insertCertificate(String name, Instant notAfter, Instant recordedAt) {
    jdbc.update(
        """
        insert into certificate (serial, revocation_id, spiffe_id, profile, boundary, machine,
          may_delegate, authority_id, spki_sha256, tbs, requester, authorized_by, incarnation,
          issued_at, not_before, not_after, recorded_at)
        values (sha256(convert_to(?, 'UTF8')), 1, ?, 'WORKLOAD_MASTER', '', '', true,
          gen_random_uuid(), sha256(''), '', '', '', gen_random_uuid(), ?::timestamptz,
          ?::timestamptz, ?::timestamptz, ?::timestamptz)
        """,
        name,
        name,
        recordedAt.toString(),
        recordedAt.toString(),
        notAfter.toString(),
        recordedAt.toString());
  }

  private static String partitionOf(String name) {
    return jdbc.queryForObject(
        "select tableoid::regclass::text from certificate where spiffe_id = ?", String.class, name);
  }

  private static int count(String from) {
    Integer count = jdbc.queryForObject("select count(*) from " + from, Integer.class);
    return count == null ? 0 : count;
  }
}
