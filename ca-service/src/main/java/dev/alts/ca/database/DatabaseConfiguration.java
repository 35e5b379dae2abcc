package dev.alts.ca.database;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;

/** Wires what comes from whichever database is in use. */
@Configuration(proxyBeanMethods = false)
class DatabaseConfiguration {
  @Bean
  DatabaseClock databaseClock(JdbcTemplate jdbc) {
    return new DatabaseClock(jdbc);
  }
}
