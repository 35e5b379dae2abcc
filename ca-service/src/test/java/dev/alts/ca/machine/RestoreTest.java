package dev.alts.ca.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alts.api.machine.v1.Grant;
import dev.alts.ca.audit.AuditChains;
import dev.alts.ca.authority.TrustDocuments;
import dev.alts.ca.backup.DatabaseBackup;
import dev.alts.ca.configuration.StartRefusedException;
import dev.alts.ca.naming.NamingPolicies;
import dev.alts.ca.policy.IdentityRules;
import dev.alts.ca.testing.CaTestDatabase;
import dev.alts.identity.Bytes;
import dev.alts.identity.document.RootFingerprint;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** A backup is taken, the CA goes on, its database is lost, and the backup becomes a CA again. */
@Tag("abuse-58")
class RestoreTest {
  private static final Pattern CODE = Pattern.compile("restore\\.confirm=([0-9a-f]{12})");

  /** What whoever restores holds: "ALTS", 3. */
  private static final long RESTORE_LOCK = 0x414c_5453_0000_0003L;

  @TempDir private Path directory;
  private MachineCa original;
  private Path backup;

  @BeforeEach
  void aCaWithABackup() throws IOException {
    original = MachineCa.start();
    original.apply(MachineCa.WEB);
    backup = directory.resolve("backup");
  }

  @AfterEach
  void stop() {
    original.close();
  }

  @Test
  @Tag("abuse-14")
  void machinesGoOnAndNoSerialIsGivenTwice() throws Exception {
    RawAgent early = original.attested("early");
    Set<BigInteger> serials = new HashSet<>();
    serials.add(serial(early));
    takeBackup("");
    for (int i = 0; i < 5; i++) {
      serials.add(serial(early));
    }
    early.renew();
    original.bean(NamingPolicies.class).ensureFirst();
    original.apply(MachineCa.WEB, MachineCa.NEXT);
    RootFingerprint root = original.bean(TrustDocuments.class).rootFingerprint();
    long lastRules = original.bean(IdentityRules.class).inForce().version();
    long lastDocument = original.bean(TrustDocuments.class).current().parsed().sequence();
    original.close();

    try (MachineCa restored = restoreAndConfirm()) {
      RawAgent again = early.copy(restored);
      for (int i = 0; i < 5; i++) {
        assertThat(serials.add(serial(again))).as("a new serial").isTrue();
      }
      again.renew();
      assertThat(serials.add(serial(again))).isTrue();
      assertThat(restored.bean(TrustDocuments.class).rootFingerprint()).isEqualTo(root);
      assertThat(restored.bean(TrustDocuments.class).current().parsed().sequence())
          .isGreaterThan(lastDocument + 1000);
      assertThat(restored.bean(IdentityRules.class).inForce().version())
          .isGreaterThan(lastRules + 1000);
      assertThat(restored.bean(NamingPolicies.class).current().orElseThrow().policy().version())
          .isGreaterThan(1000);
      assertThat(restored.bean(AuditChains.class).findings()).isEmpty();
      assertThat(
              restored
                  .jdbc()
                  .queryForList(
                      "select body from audit_event where type = 'OperatorActed'", String.class))
          .anyMatch(body -> body.contains("confirmed a restored database: life 1"));
      early.close();
    }
  }

  @Test
  void restoredDatabaseStartsNothingUntilItIsConfirmedForThisVeryCopy() throws Exception {
    takeBackup("");
    original.close();
    List<String> database = CaTestDatabase.emptyDatabase();

    String code = refusedWithCode(database);
    assertThat(count(database, "select count(*) from audit_chain where closed_at is null"))
        .as("nothing of the CA began")
        .isEqualTo(count(original.database(), "select count(*) from audit_chain"));
    assertThatThrownBy(() -> start(database, "alts.ca.restore.confirm=000000000000"))
        .hasStackTraceContaining("restore.confirm=" + code);
    start(database, "alts.ca.restore.confirm=" + code).close();
    start(database).close();

    List<String> second = CaTestDatabase.emptyDatabase();
    assertThat(refusedWithCode(second)).isNotEqualTo(code);
    assertThatThrownBy(() -> start(second, "alts.ca.restore.confirm=" + code))
        .rootCause()
        .isInstanceOf(StartRefusedException.class);
  }

  @Test
  void trustDomainThatComesWhileTheBackupIsBeingLoadedIsKept() throws Exception {
    takeBackup("");
    original.close();
    List<String> database = CaTestDatabase.newDatabase();
    JdbcTemplate jdbc = CaTestDatabase.connect(database);

    CompletableFuture<String> start = new CompletableFuture<>();
    new TransactionTemplate(new JdbcTransactionManager(jdbc.getDataSource()))
        .executeWithoutResult(status -> {
          jdbc.update("insert into trust_domain (name) values ('other.alts')");
          start.completeAsync(() -> refusedWithCode(database));
          Instant deadline = Instant.now().plusSeconds(60);
          while (!start.isDone()
              && count(
                      database,
                      "select count(*) from pg_locks where not granted and locktype = 'relation'")
                  == 0
              && Instant.now().isBefore(deadline)) {
            Thread.onSpinWait();
          }
        });

    assertThatThrownBy(() -> start.get(2, TimeUnit.MINUTES))
        .hasStackTraceContaining("holds a trust domain already");
    assertThat(jdbc.queryForList("select name from trust_domain", String.class))
        .containsExactly("other.alts");
  }

  @Test
  void aReplicaWaitsForAnotherThatRestoresAndTakesWhatThatLoaded() throws Exception {
    takeBackup("");
    original.close();
    List<String> database = CaTestDatabase.emptyDatabase();
    CompletableFuture<String> waiting;
    try (Connection other =
            Objects.requireNonNull(CaTestDatabase.connect(database).getDataSource())
                .getConnection();
        Statement statement = other.createStatement()) {
      other.setAutoCommit(false);
      statement.execute("select pg_advisory_xact_lock(%d)".formatted(RESTORE_LOCK));
      waiting = CompletableFuture.supplyAsync(() -> refusedWithCode(database));
      awaitRow(statement, "select from pg_locks where locktype = 'advisory' and not granted");
      assertThat(
              statement.executeQuery("select from pg_class where relname = 'trust_domain'").next())
          .as("loaded before its turn")
          .isFalse();
      other.rollback();
    }
    String code = waiting.get(2, TimeUnit.MINUTES);

    assertThat(refusedWithCode(database)).isEqualTo(code);
  }

  private static void awaitRow(Statement statement, String sql) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!statement.executeQuery(sql).next()) {
      assertThat(System.nanoTime()).as("in time: %s", sql).isLessThan(deadline);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
  }

  @Test
  void databaseThatWasCopiedBehindTheCasBackIsNoticed() {
    original.close();
    List<String> copy = CaTestDatabase.copyOf(original.database());

    assertThatThrownBy(() -> MachineCa.start(home(), copy))
        .rootCause()
        .isInstanceOf(StartRefusedException.class)
        .hasMessageContaining("This database is a copy: it lived at")
        .hasMessageContaining("both would issue certificates");
    MachineCa.start(home(), original.database()).close();
  }

  @Test
  void originalThatNobodyCanLookForIsGoneOnlyIfTheOperatorSaysSo() throws Exception {
    List<String> database = CaTestDatabase.emptyDatabase();
    takeBackup("ca.internal");
    original.close();
    String confirm = "alts.ca.restore.confirm=" + refusedWithCode(database);

    for (String address : List.of("ca.internal", ":7443", "[]:7443", "ca:", "ca:0", "ca:65536")) {
      CaTestDatabase.connect(database).update("update database_life set original = ?", address);
      assertThatThrownBy(() -> start(database, confirm))
          .as(address)
          .rootCause()
          .isInstanceOf(StartRefusedException.class)
          .hasMessageContaining("which is no address");
    }
    start(database, confirm, "alts.ca.restore.allow-insecure-live-original=true").close();
  }

  @Test
  void confirmationIsRefusedWhileTheOriginalStillAnswers() throws Exception {
    List<String> database = CaTestDatabase.emptyDatabase();
    try (ServerSocket stillThere = new ServerSocket(0)) {
      takeBackup("127.0.0.1:" + stillThere.getLocalPort());
      original.close();
      String code = refusedWithCode(database);

      assertThatThrownBy(() -> start(database, "alts.ca.restore.confirm=" + code))
          .rootCause()
          .isInstanceOf(StartRefusedException.class)
          .hasMessageContaining("Something still answers at 127.0.0.1:");
    }
    start(database, "alts.ca.restore.confirm=" + refusedWithCode(database)).close();
  }

  @Test
  @Tag("abuse-1")
  void joinTokenThatWasUsedAfterTheBackupIsNotUsableAgain() throws Exception {
    Bytes token = original.token("late");
    takeBackup("");
    original.agent().attest(token);
    original.close();

    try (MachineCa restored = restoreAndConfirm()) {
      assertThatThrownBy(() -> restored.agent().attest(token))
          .isInstanceOf(StatusRuntimeException.class);
      assertThat(restored.attested("late").credentials().getMachine()).isEqualTo("late");
    }
  }

  @Test
  @Tag("abuse-9")
  void certificateFromAfterTheBackupCountsOnceAndOnlyForAMachineThatTheBackupKnows()
      throws Exception {
    RawAgent known = original.attested("known");
    takeBackup("");
    known.renew();
    RawAgent older = known.copy(original);
    known.renew();
    RawAgent stranger = original.attested("stranger");
    original.close();

    try (MachineCa restored = restoreAndConfirm()) {
      RawAgent newest = known.copy(restored);
      assertThat(newest.issue(RawAgent.itemOf(1000).build()).hasGrant()).isTrue();
      assertNotAttested(older.copy(restored));
      assertNotAttested(stranger.copy(restored));
      assertThat(
              restored.count(
                  "select count(*) from audit_event where type = 'MachineAttested'"
                      + " and body like '%restored%'"))
          .isEqualTo(1);
    }
    known.close();
    stranger.close();
  }

  @Test
  void backupHoldsNoKeyAndIsRefusedIfItIsDamagedForeignNewerOrNotNeeded() throws Exception {
    takeBackup("");
    String key = Files.readString(original.home().resolve("kek/key-encryption-key")).strip();
    assertThat(unpacked()).doesNotContain(key).contains("workload.unix.uid == 1000");

    assertRefused("holds a trust domain already", original.database(), backup);
    original.close();
    List<String> database = CaTestDatabase.emptyDatabase();
    assertRefused("there is no such file", database, directory.resolve("nowhere"));
    byte[] bytes = Files.readAllBytes(backup);
    for (int length : new int[] {0, 16, bytes.length / 2, bytes.length - 1}) {
      assertRefused("cannot be restored", database, variant(bytes, length, -1));
    }
    assertRefused("damaged or incomplete", database, variant(bytes, bytes.length, 200));
    assertRefused(
        "is of the trust domain test.alts", database, backup, "alts.ca.trust-domain=other.alts");
    assertThat(count(database, "select count(*) from pg_class where relname = 'trust_domain'"))
        .as("nothing was changed")
        .isZero();
    Path otherKey = directory.resolve("kek/other");
    assertThatThrownBy(() ->
            start(
                database,
                "alts.ca.restore.confirm=" + refusedWithCode(database),
                "alts.ca.key-encryption-key-file=" + otherKey))
        .hasStackTraceContaining("is missing, but the database holds keys that only it opens");
  }

  private void takeBackup(String address) throws IOException {
    try (OutputStream out = Files.newOutputStream(backup)) {
      original.bean(DatabaseBackup.class).write(out, address);
    }
  }

  private MachineCa restoreAndConfirm() {
    List<String> database = CaTestDatabase.emptyDatabase();
    return start(database, "alts.ca.restore.confirm=" + refusedWithCode(database));
  }

  private String refusedWithCode(List<String> database) {
    try {
      start(database).close();
    } catch (RuntimeException e) {
      for (Throwable cause = e; cause != null; cause = cause.getCause()) {
        Matcher code = CODE.matcher(String.valueOf(cause.getMessage()));
        if (cause instanceof StartRefusedException && code.find()) {
          return code.group(1);
        }
      }
      throw e;
    }
    throw new AssertionError("it started");
  }

  private MachineCa start(List<String> database, String... more) {
    return MachineCa.start(
        home(),
        database,
        Stream.concat(Stream.of("alts.ca.restore.file=" + backup), Stream.of(more))
            .toArray(String[]::new));
  }

  private Path home() {
    return original.home();
  }

  private void assertRefused(String sentence, List<String> database, Path file, String... more) {
    List<String> properties = new ArrayList<>(List.of(more));
    properties.add("alts.ca.data-directory=" + directory.resolve("data"));
    properties.add("alts.ca.restore.file=" + file);
    assertThatThrownBy(
            () -> MachineCa.start(home(), database, properties.toArray(String[]::new)).close())
        .hasStackTraceContaining(sentence);
  }

  private Path variant(byte[] bytes, int length, int flipped) throws IOException {
    byte[] copy = Arrays.copyOf(bytes, length);
    if (flipped >= 0) {
      copy[flipped] ^= 1;
    }
    return Files.write(directory.resolve("variant"), copy);
  }

  private String unpacked() throws IOException {
    byte[] bytes = Files.readAllBytes(backup);
    try (var in = new GZIPInputStream(new ByteArrayInputStream(bytes, 16, bytes.length - 48))) {
      return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }

  private static void assertNotAttested(RawAgent agent) {
    assertThatThrownBy(() -> agent.issue(RawAgent.itemOf(1000).build()))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED));
  }

  private static int count(List<String> database, String query) {
    Integer count = CaTestDatabase.connect(database).queryForObject(query, Integer.class);
    return count == null ? -1 : count;
  }

  private static BigInteger serial(RawAgent agent) {
    Grant grant = agent.issue(RawAgent.itemOf(1000).build()).getGrant();
    return PersistentMachines.certificate(grant).getSerialNumber();
  }
}
