package dev.alts.ca.database;

import dev.alts.ca.configuration.CaSettings;
import dev.alts.ca.configuration.DataDirectory;
import java.security.SecureRandom;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Starts the embedded database unless another one is configured. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty(
    name = "spring.datasource.url",
    havingValue = "embedded",
    matchIfMissing = true)
class EmbeddedDatabaseConfiguration {
  @Bean
  EmbeddedDatabase embeddedDatabase(
      DataDirectory dataDirectory, CaSettings settings, SecureRandom random) {
    return EmbeddedDatabase.start(
        dataDirectory.resolve("database"), settings.databaseBinaries(), random);
  }

  @Bean
  JdbcConnectionDetails embeddedDatabaseConnection(EmbeddedDatabase database) {
    return new Connection(database);
  }

  /** A final class and no record: records print their components, and this one holds a password. */
  private static final class Connection implements JdbcConnectionDetails {
    private final EmbeddedDatabase database;

    private Connection(EmbeddedDatabase database) {
      this.database = database;
    }

    @Override
    public String getJdbcUrl() {
      return database.jdbcUrl();
    }

    @Override
    public String getUsername() {
      return database.username();
    }

    @Override
    public String getPassword() {
      return database.password();
    }
  }
}
