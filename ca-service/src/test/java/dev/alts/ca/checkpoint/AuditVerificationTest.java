package dev.alts.ca.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.alts.api.machine.v1.WatchResponse;
import dev.alts.ca.audit.AuditEvent;
import dev.alts.ca.audit.AuditFinding.What;
import dev.alts.ca.audit.AuditLog;
import dev.alts.ca.authority.DocumentSigner;
import dev.alts.ca.testing.AuditForger;
import dev.alts.ca.testing.CaCore;
import dev.alts.ca.testing.CaTestDatabase;
import dev.alts.identity.Bytes;
import dev.alts.identity.crypto.EcdsaP256;
import dev.alts.identity.document.DocumentType;
import dev.alts.identity.document.SignedDocuments;
import dev.alts.wire.handshake.v1.SignedDocument;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Somebody with a superuser's connection changes the log. Each change is made in a transaction that
 * is rolled back, so that the next test finds the log whole.
 */
@Tag("abuse-43")
class AuditVerificationTest {
  private static ConfigurableApplicationContext ca;
  private static JdbcTemplate jdbc;
  private static long chain;
  private static SignedDocument witness;

  /** What a log needs beyond the core; no component, so that no other scan finds it. */
  @ComponentScan({"dev.alts.ca.watch", "dev.alts.ca.checkpoint"})
  static class Witnessed {}

  @BeforeAll
  static void fillTheLog() throws Exception {
    Path home = Files.createTempDirectory("alts-ca-");
    ca =
        CaCore.boot(
            home,
            CaTestDatabase.newDatabase(),
            List.of(Witnessed.class),
            "alts.ca.audit.checkpoint-every=1h",
            "alts.ca.audit.checkpoint-at-least=1h");
    jdbc = ca.getBean(JdbcTemplate.class);
    ca.getBean(Checkpoints.class).sign();
    act("host-1", "host-2", "host-3");
    ca.getBean(Checkpoints.class).sign();
    act("host-4", "host-5");
    ca.getBean(Checkpoints.class).sign();
    chain =
        jdbc.queryForObject(
            "select chain_id from audit_event where body like '%host-1%'", Long.class);
    witness = ca.getBean(CheckpointStore.class).latest().orElseThrow().signed();
  }

  @AfterAll
  static void stop() {
    ca.close();
  }

  @Test
  void untouchedLogIsWhole() {
    AuditReport report = verify(witness);

    assertThat(report.findings()).isEmpty();
    assertThat(report.events()).isGreaterThanOrEqualTo(5);
    assertThat(report.checkpoints()).isGreaterThanOrEqualTo(2);
  }

  @Test
  void alteredEventIsFound() {
    assertThat(after("update audit_event set body = replace(body, 'host-2', 'host-9')"))
        .containsExactly(What.ALTERED);
    assertThat(after("update audit_event set type = 'Nothing' where body like '%host-2%'"))
        .containsExactly(What.ALTERED);
    assertThat(
            after(
                "update audit_event set recorded_at = recorded_at + interval '1 us' where body like '%host-2%'"))
        .containsExactly(What.ALTERED);
  }

  @Test
  void removedEventIsFound() {
    assertThat(after("delete from audit_event where body like '%host-2%'"))
        .containsExactly(What.MISSING);
  }

  @Test
  void reorderedEventsAreFound() {
    assertThat(
            after(
                """
                update audit_event set sequence = -sequence where body like '%host-2%';
                update audit_event set sequence = sequence - 1 where body like '%host-3%';
                update audit_event set sequence = 1 - sequence where body like '%host-2%';
                """))
        .containsExactly(What.ALTERED);
  }

  @Test
  void eventThatWasAlteredWithAllHashesMadeRightAgainIsFound() {
    assertThat(
            afterChanging(() -> {
              jdbc.update("update audit_event set body = replace(body, 'host-2', 'host-9')");
              new AuditForger(jdbc).rechain(chain);
            }))
        .containsExactly(What.NOT_AS_SIGNED);
  }

  @Test
  void forgersHashesAreTheLogsOwn() {
    assertThat(afterChanging(() -> new AuditForger(jdbc).rechain(chain))).isEmpty();
  }

  @Test
  void cutTailIsFound() {
    assertThat(
            afterChanging(() -> {
              jdbc.update("delete from audit_event where body like '%host-5%'");
              new AuditForger(jdbc).rechain(chain);
            }))
        .containsExactly(What.NOT_AS_SIGNED);
  }

  @Test
  void tailThatWasRewrittenTogetherWithItsCheckpointsIsFoundByAWitness() {
    Runnable rewrite =
        () -> {
          jdbc.update(
              """
              delete from audit_checkpoint_head
              where checkpoint_id = (select max(checkpoint_id) from audit_checkpoint)
              """);
          jdbc.update(
              """
              delete from audit_checkpoint
              where checkpoint_id = (select max(checkpoint_id) from audit_checkpoint)
              """);
          jdbc.update("update audit_event set body = replace(body, 'host-5', 'host-9')");
          new AuditForger(jdbc).rechain(chain);
        };

    // The reason for witnesses: the database alone cannot know.
    assertThat(afterChanging(rewrite)).isEmpty();
    assertThat(afterChanging(rewrite, witness)).containsExactly(What.CHECKPOINT_MISSING);
  }

  @Test
  void signerStopsWhereTheDatabaseKnowsLessThanItSigned() {
    assertThatThrownBy(() ->
            afterChanging(() -> {
              jdbc.update("delete from audit_checkpoint_head");
              jdbc.update("delete from audit_checkpoint");
              ca.getBean(Checkpoints.class).sign();
            }))
        .hasMessageContaining("cut back or restored");
  }

  @Test
  void forkIsFound() {
    assertThat(
            after(
                """
                insert into audit_event (chain_id, sequence, recorded_at, type, body, hash)
                select chain_id, sequence, recorded_at + interval '1 s', type, '{}', hash
                from audit_event where body like '%host-2%'
                """))
        .containsExactly(What.FORKED);
  }

  @Test
  void secondHistoryThatAnAgentSawIsFound() {
    SignedDocument other =
        ca.getBean(DocumentSigner.class)
            .sign(
                DocumentType.AUDIT_CHECKPOINT,
                Checkpoints.parse(ca.getBean(CheckpointStore.class).latest().orElseThrow())
                    .toWire()
                    .toBuilder()
                    .setEvents(1)
                    .build()
                    .toByteArray());

    assertThat(whats(verify(other))).containsExactly(What.FORKED);
  }

  @Test
  void droppedPartitionIsFoundEvenIfTheChainIsSaidToBeginBehindIt() {
    String partition =
        jdbc.queryForObject(
            "select tableoid::regclass::text from audit_event where body like '%host-1%'",
            String.class);

    assertThat(afterChanging(() -> jdbc.execute("drop table " + partition)))
        .isNotEmpty()
        .containsOnly(What.MISSING);
    assertThat(
            afterChanging(() -> {
              jdbc.update(
                  """
                  update audit_chain c set base_sequence = c.next_sequence - 1, base_hash = c.head
                  """);
              jdbc.execute("drop table " + partition);
            }))
        .isNotEmpty()
        .containsOnly(What.MISSING);
  }

  @Test
  void removedChainIsFound() {
    assertThat(
            after(
                "delete from audit_event where chain_id = %d; delete from audit_chain where chain_id = %d"
                    .formatted(chain, chain)))
        .containsExactly(What.MISSING);
    assertThat(after("delete from audit_chain where chain_id = " + chain))
        .containsExactlyInAnyOrder(What.MISSING, What.UNKNOWN_CHAIN);
  }

  @Test
  void changedCheckpointsAreFound() {
    assertThat(
            after(
                """
                delete from audit_checkpoint_head where checkpoint_id = 2;
                delete from audit_checkpoint where checkpoint_id = 2
                """))
        .contains(What.CHECKPOINT_MISSING);
    assertThat(after("update audit_checkpoint_head set sequence = sequence - 1"))
        .contains(What.CHECKPOINT_ALTERED);
    assertThat(after("delete from audit_checkpoint_head; delete from audit_checkpoint"))
        .contains(What.CHECKPOINT_MISSING);
  }

  @Test
  void checkpointThatAnotherKeySignedIsFound() {
    KeyPair own = EcdsaP256.best().generateKeyPair(new SecureRandom());
    Bytes spki = Bytes.copyOf(own.getPublic().getEncoded());
    KeptCheckpoint latest = ca.getBean(CheckpointStore.class).latest().orElseThrow();
    SignedDocument forged =
        SignedDocuments.sign(
            DocumentType.AUDIT_CHECKPOINT,
            latest.signed().getBody().toByteArray(),
            own.getPrivate(),
            spki);

    assertThat(
            afterChanging(() ->
                jdbc.update(
                    "update audit_checkpoint set signature = ?, key_spki = ? where checkpoint_id = ?",
                    forged.getSignature().toByteArray(),
                    spki.toByteArray(),
                    latest.number())))
        .containsExactly(What.CHECKPOINT_ALTERED);
    assertThat(whats(verify(forged))).containsExactly(What.CHECKPOINT_ALTERED);
    assertThat(whats(verify(forged.toBuilder().setSignature(ByteString.EMPTY).build())))
        .containsExactly(What.CHECKPOINT_ALTERED);
  }

  @Test
  void checkpointOfAFormerKeyCountsIfALaterOneVouchesForIt() {
    KeyPair former = EcdsaP256.best().generateKeyPair(new SecureRandom());
    CheckpointStore store = ca.getBean(CheckpointStore.class);
    KeptCheckpoint before = store.latest().orElseThrow();
    KeptCheckpoint earlier = store.find(before.number() - 1).orElseThrow();
    SignedDocument signed = resigned(earlier, former);
    SignedDocument other =
        resigned(
            Checkpoints.parse(earlier).toWire().toBuilder().setEvents(1).build().toByteArray(),
            former);

    assertThat(afterChanging(() -> put(signed, former, earlier.number()), signed)).isEmpty();
    assertThat(afterChanging(() -> put(signed, former, earlier.number()), other))
        .containsExactly(What.FORKED);
  }

  @Test
  void checkpointOfAFormerKeyIsFoundAtTheEndOfTheLogAndBeforeAGap() {
    KeyPair former = EcdsaP256.best().generateKeyPair(new SecureRandom());
    CheckpointStore store = ca.getBean(CheckpointStore.class);
    KeptCheckpoint latest = store.latest().orElseThrow();
    KeptCheckpoint first = store.find(latest.number() - 2).orElseThrow();
    Runnable gap =
        () -> {
          jdbc.update(
              "delete from audit_checkpoint_head where checkpoint_id = ?", latest.number() - 1);
          jdbc.update("delete from audit_checkpoint where checkpoint_id = ?", latest.number() - 1);
        };

    assertThat(afterChanging(() -> put(resigned(latest, former), former, latest.number())))
        .containsExactly(What.CHECKPOINT_ALTERED);
    assertThat(afterChanging(gap)).containsExactly(What.CHECKPOINT_MISSING);
    assertThat(
            afterChanging(() -> {
              put(resigned(first, former), former, first.number());
              gap.run();
            }))
        .containsExactlyInAnyOrder(What.CHECKPOINT_ALTERED, What.CHECKPOINT_MISSING);
  }

  @Test
  void newKeySignsAtOnceEvenIfNothingHappened() {
    KeyPair former = EcdsaP256.best().generateKeyPair(new SecureRandom());
    CheckpointStore store = ca.getBean(CheckpointStore.class);
    KeptCheckpoint latest = store.latest().orElseThrow();

    assertThat(
            afterChanging(() -> {
              put(resigned(latest, former), former, latest.number());
              ca.getBean(Checkpoints.class).signIfDue();
              assertThat(store.latest().orElseThrow().number()).isEqualTo(latest.number() + 1);
            }))
        .isEmpty();
  }

  @Test
  void nothingIsSignedWhileNothingHappens() {
    long before = ca.getBean(CheckpointStore.class).latest().orElseThrow().number();

    ca.getBean(Checkpoints.class).signIfDue();

    assertThat(ca.getBean(CheckpointStore.class).latest().orElseThrow().number()).isEqualTo(before);
  }

  @Test
  void newestCheckpointIsPushedToAgents() throws Exception {
    byte[] payload =
        jdbc.queryForObject(
            "select payload from watch_event where topic = 12 order by sequence desc limit 1",
            byte[].class);

    assertThat(WatchResponse.parseFrom(payload).getAuditCheckpoint().getBody())
        .isEqualTo(witness.getBody());
  }

  @Test
  void logIsStillWholeWhenOldCheckpointsWereForgotten() {
    assertThat(
            afterChanging(
                () -> {
                  jdbc.update(
                      """
                      update audit_checkpoint set signed_at = signed_at - interval '2 days'
                      where checkpoint_id < (select max(checkpoint_id) from audit_checkpoint)
                      """);
                  ca.getBean(CheckpointStore.class).prune(Duration.ofDays(1));
                  assertThat(
                          jdbc.queryForObject("select count(*) from audit_checkpoint", Long.class))
                      .isOne();
                },
                witness))
        .isEmpty();
  }

  private static SignedDocument resigned(KeptCheckpoint kept, KeyPair keys) {
    return resigned(kept.signed().getBody().toByteArray(), keys);
  }

  private static SignedDocument resigned(byte[] body, KeyPair keys) {
    return SignedDocuments.sign(DocumentType.AUDIT_CHECKPOINT, body, keys.getPrivate(), spki(keys));
  }

  private static Bytes spki(KeyPair keys) {
    return Bytes.copyOf(keys.getPublic().getEncoded());
  }

  private static void put(SignedDocument signed, KeyPair keys, long number) {
    jdbc.update(
        "update audit_checkpoint set signature = ?, key_spki = ? where checkpoint_id = ?",
        signed.getSignature().toByteArray(),
        spki(keys).toByteArray(),
        number);
  }

  private static void act(String... targets) {
    for (String target : targets) {
      ca.getBean(AuditLog.class)
          .append(new AuditEvent.AdminActed("/human/ada", "machine.rotate", target, "test"));
    }
  }

  private static List<What> after(String sql) {
    return afterChanging(() -> jdbc.execute(sql));
  }

  private static List<What> afterChanging(Runnable change, SignedDocument... witnesses) {
    return new TransactionTemplate(ca.getBean(PlatformTransactionManager.class))
        .execute(status -> {
          status.setRollbackOnly();
          change.run();
          return whats(verify(witnesses));
        });
  }

  private static AuditReport verify(SignedDocument... witnesses) {
    return ca.getBean(AuditVerification.class).verify(List.of(witnesses));
  }

  private static List<What> whats(AuditReport report) {
    return report.findings().stream().map(finding -> finding.what()).toList();
  }
}
