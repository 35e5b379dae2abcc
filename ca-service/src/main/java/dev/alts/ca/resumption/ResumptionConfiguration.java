package dev.alts.ca.resumption;

import dev.alts.ca.authority.KeyCustody;
import dev.alts.ca.authority.WrappedTable;
import java.security.SecureRandom;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

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
}
