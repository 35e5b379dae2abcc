package dev.alts.ca.attestation;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.alts.ca.audit.AuditEvent;
import dev.alts.ca.audit.AuditLog;
import dev.alts.ca.testing.CaTestDatabase;
import dev.alts.identity.Bytes;
import dev.alts.identity.document.RootFingerprint;
import dev.alts.testing.Suite;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Two replicas, that is, two pools of connections to one database, and many callers at once. */
@Tag("abuse-1")
class JoinTokenRaceTest {
  private static final int THREADS = 64;
  private static final int ROUNDS = Suite.CHAOS.runs() ? 1_000 : 200;

  private static final List<HikariDataSource> POOLS = new ArrayList<>();
  private static final List<JoinTokens> REPLICAS = new ArrayList<>();
  private static final ConcurrentLinkedQueue<AuditEvent> AUDITED = new ConcurrentLinkedQueue<>();

  @BeforeAll
  static void start() {
    List<String> database = CaTestDatabase.newDatabase();
    for (int i = 0; i < 2; i++) {
      HikariDataSource pool = new HikariDataSource();
      pool.setJdbcUrl(value(database, "url"));
      pool.setUsername(value(database, "username"));
      pool.setPassword(value(database, "password"));
      pool.setMaximumPoolSize(8);
      POOLS.add(pool);
    }
    Flyway.configure().dataSource(POOLS.getFirst()).load().migrate();
    POOLS.forEach(pool -> REPLICAS.add(tokens(pool)));
  }

  private static String value(List<String> properties, String name) {
    String prefix = "spring.datasource." + name + "=";
    return properties.stream()
        .filter(property -> property.startsWith(prefix))
        .findFirst()
        .orElseThrow()
        .substring(prefix.length());
  }

  private static JoinTokens tokens(HikariDataSource pool) {
    AuditLog audit = events -> AUDITED.addAll(events);
    return new JoinTokens(
        JdbcClient.create(pool),
        new TransactionTemplate(new JdbcTransactionManager(pool)),
        audit,
        () -> RootFingerprint.of(Bytes.fromHex("00")),
        new SecureRandom());
  }

  @AfterAll
  static void stop() {
    POOLS.forEach(HikariDataSource::close);
  }

  @Test
  void oneOfManyCallersRedeemsAToken() throws Exception {
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int round = 0; round < ROUNDS; round++) {
        Bytes secret = token(REPLICAS.get(round % 2));
        CountDownLatch go = new CountDownLatch(1);
        List<Future<Boolean>> results = new ArrayList<>();
        for (int caller = 0; caller < THREADS; caller++) {
          JoinTokens replica = REPLICAS.get(caller % 2);
          results.add(
              callers.submit(() -> {
                go.await();
                return replica.redeem(secret).isPresent();
              }));
        }
        go.countDown();
        int winners = 0;
        for (Future<Boolean> result : results) {
          winners += result.get() ? 1 : 0;
        }
        assertThat(winners).as("round %d", round).isEqualTo(1);
      }
    }
    assertThat(AUDITED.stream().filter(AuditEvent.JoinTokenRedeemed.class::isInstance))
        .hasSizeGreaterThanOrEqualTo(ROUNDS);
  }

  @Test
  void tokenIsWorthNothingTenMinutesLaterByTheDatabasesClock() {
    Bytes secret = token(REPLICAS.getFirst());
    JdbcClient.create(POOLS.getFirst())
        .sql("UPDATE join_token SET expires_at = clock_timestamp() WHERE used_at IS NULL")
        .update();

    assertThat(REPLICAS.getFirst().redeem(secret)).isEmpty();
  }

  @Test
  @Tag("abuse-34")
  void databaseHoldsNeitherTheSecretNorTheToken() {
    Bytes secret = token(REPLICAS.getFirst());

    List<Bytes> stored =
        JdbcClient.create(POOLS.getFirst())
            .sql("SELECT secret_sha256 FROM join_token")
            .query((row, number) -> Bytes.copyOf(row.getBytes(1)))
            .list();

    assertThat(stored).isNotEmpty().doesNotContain(secret);
  }

  @Test
  void wrongSecretsAreWorthNothing() {
    JoinTokens tokens = REPLICAS.getFirst();

    assertThat(tokens.redeem(Bytes.empty())).isEmpty();
    assertThat(tokens.redeem(Bytes.copyOf(new byte[32]))).isEmpty();
    assertThat(tokens.redeem(Bytes.copyOf(new byte[33]))).isEmpty();
  }

  @Test
  @Tag("abuse-4")
  void machineIsNamedByTheOperatorOrByTheCaAndNeverByTheToken() {
    try (CreatedJoinToken created =
        REPLICAS
            .getFirst()
            .create(Optional.empty(), new MachineProperties("", Map.of("a", "b")), "test")) {
      Bytes secret = Bytes.copyOf(created.token().secret().exposeCopy());
      AttestedMachine machine = REPLICAS.getLast().redeem(secret).orElseThrow();

      assertThat(machine.name()).isEqualTo(created.machine());
      assertThat(machine.name().text()).matches("m-[0-9a-f]{12}");
      assertThat(machine.properties().labels()).containsExactly(Map.entry("a", "b"));
      assertThat(secret.toHex()).doesNotContain(machine.name().text().substring(2));
      assertThat(created).asString().doesNotContain(secret.toHex());
    }
  }

  private static Bytes token(JoinTokens tokens) {
    try (CreatedJoinToken created =
        tokens.create(
            Optional.of(new MachineName("m")), new MachineProperties("", Map.of()), "test")) {
      return Bytes.copyOf(created.token().secret().exposeCopy());
    }
  }
}
