package dev.alts.ca.backup;

import dev.alts.ca.audit.AuditLog;
import dev.alts.ca.configuration.CaSettings;
import java.security.SecureRandom;
import javax.sql.DataSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.flyway.autoconfigure.FlywayMigrationStrategy;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Wires backup, and what comes before anything else touches the database. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(RestoreProperties.class)
class BackupConfiguration {
  @Bean
  FlywayMigrationStrategy restoreAndMigrate(RestoreProperties properties, CaSettings settings) {
    return flyway -> {
      if (properties.file() != null) {
        new DatabaseRestore(properties.file(), settings.trustDomain().name()).into(flyway);
      }
      flyway.migrate();
      new DatabaseLife(properties).requireOurs(flyway.getConfiguration().getDataSource());
    };
  }

  @Bean
  DatabaseBackup databaseBackup(DataSource database, SecureRandom random) {
    return new DatabaseBackup(database, random);
  }

  @Bean
  ConfirmedRestore confirmedRestore(
      JdbcTemplate jdbc, PlatformTransactionManager transactions, AuditLog audit) {
    return new ConfirmedRestore(jdbc, new TransactionTemplate(transactions), audit);
  }
}
