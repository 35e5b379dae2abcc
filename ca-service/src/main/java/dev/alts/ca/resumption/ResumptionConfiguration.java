package dev.alts.ca.resumption;

import dev.alts.ca.authority.KeyCustody;
import dev.alts.ca.authority.WrappedTable;
import dev.alts.ca.database.DatabaseClock;
import java.security.SecureRandom;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

@Configuration(proxyBeanMethods = false)
class ResumptionConfiguration {
  @Bean
  ResumptionRoots resumptionRoots(JdbcClient jdbc, KeyCustody custody, SecureRandom random) {
    return new ResumptionRoots(jdbc, custody, random);
  }

  @Bean
  WrappedTable wrappedResumptionRoots() {
    return ResumptionRoots.wrappedTable();
  }

  @Bean
  RecentRoots recentRoots(ResumptionRoots roots) {
    return new RecentRoots(roots, System::nanoTime);
  }

  @Bean
  Handouts handouts(JdbcTemplate jdbc, TransactionTemplate transactions) {
    return new Handouts(jdbc, transactions);
  }

  @Bean
  ResumptionKeys.Handing handing(RecentRoots roots, Handouts handouts, DatabaseClock clock) {
    return new ResumptionKeys.Handing(roots, handouts, clock);
  }
}
