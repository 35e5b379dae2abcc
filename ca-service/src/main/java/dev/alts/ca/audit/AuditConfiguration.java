package dev.alts.ca.audit;

import java.security.SecureRandom;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;

/** Wires the audit log over the database. */
@Configuration(proxyBeanMethods = false)
class AuditConfiguration {
  @Bean
  ReplicaIncarnation replicaIncarnation(SecureRandom random) {
    return ReplicaIncarnation.begin(random);
  }

  @Bean
  AuditLog auditLog(
      JdbcTemplate jdbc,
      PlatformTransactionManager transactions,
      ReplicaIncarnation incarnation,
      Fence fence) {
    return new JdbcAuditLog(jdbc, transactions, incarnation, fence);
  }

  @Bean
  AuditChains auditChains(JdbcTemplate jdbc) {
    return new AuditChains(jdbc);
  }

  @Bean
  AuditEvents auditEvents(JdbcClient jdbc) {
    return new AuditEvents(jdbc);
  }
}
