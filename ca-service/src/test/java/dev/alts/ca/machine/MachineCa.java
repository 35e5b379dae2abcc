package dev.alts.ca.machine;

import dev.alts.ca.attestation.CreatedJoinToken;
import dev.alts.ca.attestation.JoinTokens;
import dev.alts.ca.attestation.MachineName;
import dev.alts.ca.attestation.MachineProperties;
import dev.alts.ca.policy.IdentityRules;
import dev.alts.ca.policy.InvalidRulesException;
import dev.alts.ca.policy.RuleDraft;
import dev.alts.ca.testing.CaCore;
import dev.alts.ca.testing.CaTestDatabase;
import dev.alts.ca.watch.WatchHub;
import dev.alts.identity.Bytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.annotation.EnableTransactionManagement;

/** A running CA with its Machine API on a loopback port and a database of its own. */
final class MachineCa implements AutoCloseable {
  static final RuleDraft WEB =
      RuleDraft.of(
          "web", "machine.labels.env == 'prod' && workload.unix.uid == 1000", "/demo/web", "1h");

  static final RuleDraft NEXT =
      RuleDraft.of(
          "next", "machine.labels.env == 'prod' && workload.unix.uid == 3000", "/demo/next", "1h");

  private final ConfigurableApplicationContext context;
  private final Path home;
  private final List<String> database;
  private final List<RawAgent> agents = new CopyOnWriteArrayList<>();

  private MachineCa(ConfigurableApplicationContext context, Path home, List<String> database) {
    this.context = context;
    this.home = home;
    this.database = database;
  }

  static MachineCa start(String... properties) {
    try {
      return start(CaTestDatabase.newHome(), CaTestDatabase.newDatabase(), properties);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static MachineCa start(Path home, List<String> database, String... properties) {
    List<String> all = new ArrayList<>(database);
    all.addAll(List.of(properties));
    MachineCa ca =
        new MachineCa(
            CaCore.boot(home, all, List.of(Modules.class), "alts.ca.machine.port=0"),
            home,
            database);
    ca.awaitCaughtUp();
    return ca;
  }

  /** Before its first look at the database the CA answers every call with UNAVAILABLE. */
  private void awaitCaughtUp() {
    long deadline = System.nanoTime() + Duration.ofMinutes(2).toNanos();
    while (!bean(WatchHub.class).isCurrent()) {
      if (System.nanoTime() > deadline) {
        close();
        throw new AssertionError("the CA has not looked at its database after 2 minutes");
      }
      LockSupport.parkNanos(5_000_000);
    }
  }

  /** {@return another process on the same keys and database, as after a restart} */
  MachineCa restart() {
    close();
    return start(home, database);
  }

  /** {@return a second replica beside this one, with its own directory and the same key} */
  MachineCa replica(String... properties) {
    return start(replicaHome(), database, properties);
  }

  /** {@return a directory with the same key for a replica that a test starts by itself} */
  Path replicaHome() {
    try {
      Path other = CaTestDatabase.newHome();
      Path key = other.resolve("kek/key-encryption-key");
      Files.createDirectory(
          key.getParent(),
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      Files.copy(home.resolve("kek/key-encryption-key"), key, StandardCopyOption.COPY_ATTRIBUTES);
      return other;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Path home() {
    return home;
  }

  List<String> database() {
    return database;
  }

  <T> T bean(Class<T> type) {
    return context.getBean(type);
  }

  <T> List<T> beans(Class<T> type) {
    return List.copyOf(context.getBeansOfType(type).values());
  }

  JdbcTemplate jdbc() {
    return bean(JdbcTemplate.class);
  }

  int count(String query) {
    Integer count = jdbc().queryForObject(query, Integer.class);
    return Objects.requireNonNull(count);
  }

  int port() {
    return bean(MachineServer.class).port();
  }

  /** {@return the secret of a new token for {@code machine} with label env=prod in rack-7} */
  Bytes token(String machine) {
    try (CreatedJoinToken created =
        bean(JoinTokens.class)
            .create(
                Optional.of(new MachineName(machine)),
                new MachineProperties("rack-7", Map.of("env", "prod")),
                "test")) {
      return Bytes.copyOf(created.token().secret().exposeCopy());
    }
  }

  RawAgent agent() {
    RawAgent agent = new RawAgent(this);
    agents.add(agent);
    return agent;
  }

  /** {@return an agent that has attested as {@code machine}} */
  RawAgent attested(String machine) {
    RawAgent agent = agent();
    agent.attest(token(machine));
    return agent;
  }

  long apply(RuleDraft... rules) {
    try {
      return bean(IdentityRules.class).apply(List.of(rules), "test", "test").version();
    } catch (InvalidRulesException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    agents.forEach(RawAgent::close);
    context.close();
  }

  @Configuration(proxyBeanMethods = false)
  @EnableTransactionManagement
  @ComponentScan({
    "dev.alts.ca.attestation",
    "dev.alts.ca.crl",
    "dev.alts.ca.grants",
    "dev.alts.ca.jwt",
    "dev.alts.ca.kubernetes",
    "dev.alts.ca.machine",
    "dev.alts.ca.naming",
    "dev.alts.ca.policy",
    "dev.alts.ca.resumption",
    "dev.alts.ca.revocation",
    "dev.alts.ca.rotation",
    "dev.alts.ca.watch"
  })
  static class Modules {}
}
