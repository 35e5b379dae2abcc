package dev.alts.ca.testing;

import dev.alts.ca.issuance.CertificateProfile;
import dev.alts.ca.issuance.CertificateRequest;
import dev.alts.ca.issuance.IdempotencyKey;
import dev.alts.ca.issuance.IssuanceAuthorization;
import dev.alts.ca.issuance.IssuanceOutcome;
import dev.alts.ca.issuance.IssuanceService;
import dev.alts.ca.issuance.IssuedCertificate;
import dev.alts.ca.operations.ReadinessCheck;
import dev.alts.identity.Bytes;
import dev.alts.identity.SpiffeId;
import dev.alts.identity.TrustDomain;
import dev.alts.identity.crypto.EcdsaP256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcClientAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.jdbc.core.JdbcTemplate;

/** A running CA without its ports: keys, issuance, audit, on a database of its own. */
public final class CaCore implements AutoCloseable {
  public static final TrustDomain DOMAIN = new TrustDomain("test.alts");

  private static final SecureRandom RANDOM = new SecureRandom();

  private final ConfigurableApplicationContext context;
  private final Path home;
  private final List<String> database;

  private CaCore(ConfigurableApplicationContext context, Path home, List<String> database) {
    this.context = context;
    this.home = home;
    this.database = database;
  }

  /** {@return one on an empty database} */
  public static CaCore start(String... properties) {
    try {
      return start(CaTestDatabase.newHome(), CaTestDatabase.newDatabase(), properties);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** {@return one with this home and database, as after a restart} */
  public static CaCore start(Path home, List<String> database, String... properties) {
    return new CaCore(boot(home, database, List.of(), properties), home, database);
  }

  /** {@return the context of a CA with additional beans} */
  public static ConfigurableApplicationContext boot(
      Path home, List<String> database, List<Class<?>> configurations, String... properties) {
    List<Class<?>> sources = new ArrayList<>(List.of(Modules.class));
    sources.addAll(configurations);
    Map<String, String> all = new LinkedHashMap<>();
    all.put("alts.ca.trust-domain", DOMAIN.name());
    all.put("alts.ca.data-directory", home.resolve("data").toString());
    all.put("alts.ca.key-encryption-key-file", home.resolve("kek/key-encryption-key").toString());
    all.put("alts.ca.database.binaries-directory", CaTestDatabase.binaries().toString());
    all.put("spring.main.register-shutdown-hook", "false");
    for (String property : Stream.concat(database.stream(), Stream.of(properties)).toList()) {
      int equals = property.indexOf('=');
      all.put(property.substring(0, equals), property.substring(equals + 1));
    }
    return new SpringApplicationBuilder(sources.toArray(Class<?>[]::new))
        .web(WebApplicationType.NONE)
        .run(
            all.entrySet().stream()
                .map(property -> "--" + property.getKey() + "=" + property.getValue())
                .toArray(String[]::new));
  }

  public <T> T bean(Class<T> type) {
    return context.getBean(type);
  }

  /** {@return what the bean of this name has to say for readiness} */
  public ReadinessCheck readiness(String bean) {
    return context.getBean(bean, ReadinessCheck.class);
  }

  public JdbcTemplate jdbc() {
    return bean(JdbcTemplate.class);
  }

  public Path home() {
    return home;
  }

  public List<String> database() {
    return database;
  }

  /** {@return a master for the workload with this path, which must be issued} */
  public IssuedCertificate issueWorkload(String path) {
    IssuanceOutcome outcome = bean(IssuanceService.class).issue(workload(path, newSpki()));
    if (outcome instanceof IssuanceOutcome.Issued issued) {
      return issued.certificate();
    }
    throw new AssertionError("not issued: " + outcome);
  }

  public static CertificateRequest workload(String path, Bytes spki) {
    return new CertificateRequest(
        IdempotencyKey.random(RANDOM),
        new IssuanceAuthorization.RuleDecision(
            SpiffeId.of(DOMAIN, path), "host-1", "rack-7", "web", 3),
        CertificateProfile.WORKLOAD_MASTER,
        spki,
        null);
  }

  public static Bytes newSpki() {
    return Bytes.copyOf(EcdsaP256.best().generateKeyPair(RANDOM).getPublic().getEncoded());
  }

  @Override
  public void close() {
    context.close();
  }

  /** The modules below the ports; no component, so that no other scan finds it. */
  @ImportAutoConfiguration({
    DataSourceAutoConfiguration.class,
    DataSourceTransactionManagerAutoConfiguration.class,
    FlywayAutoConfiguration.class,
    JdbcClientAutoConfiguration.class,
    JdbcTemplateAutoConfiguration.class,
    TransactionAutoConfiguration.class
  })
  @ConfigurationPropertiesScan("dev.alts.ca.configuration")
  @ComponentScan({
    "dev.alts.ca.configuration",
    "dev.alts.ca.database",
    "dev.alts.ca.audit",
    "dev.alts.ca.backup",
    "dev.alts.ca.authority",
    "dev.alts.ca.issuance",
    "dev.alts.ca.replica",
    "dev.alts.ca.endpoint"
  })
  public static class Modules {}
}
