package dev.alts.ca.attestation;

import dev.alts.ca.audit.AuditLog;
import dev.alts.ca.authority.TrustDocuments;
import java.security.SecureRandom;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

@Configuration(proxyBeanMethods = false)
class AttestationConfiguration {
  @Bean
  JoinTokens joinTokens(
      JdbcClient jdbc,
      TransactionTemplate transactions,
      AuditLog audit,
      TrustDocuments trust,
      SecureRandom random) {
    return new JoinTokens(jdbc, transactions, audit, trust::rootFingerprint, random);
  }
}
