package dev.alts.ca.issuance;

import dev.alts.ca.audit.AuditLog;
import dev.alts.ca.audit.ReplicaIncarnation;
import dev.alts.ca.authority.IssuingAuthorities;
import dev.alts.ca.configuration.CaSettings;
import dev.alts.ca.database.DatabaseClock;
import dev.alts.ca.replica.ReplicaLease;
import java.security.SecureRandom;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Wires issuance. */
@Configuration(proxyBeanMethods = false)
class IssuanceConfiguration {
  @Bean
  Signatures signatures(JdbcTemplate jdbc) {
    return new Signatures(jdbc);
  }

  @Bean
  GroupCommit groupCommit(
      JdbcTemplate jdbc,
      PlatformTransactionManager transactions,
      AuditLog audit,
      IssuingAuthorities authorities,
      ReplicaIncarnation incarnation,
      ObjectProvider<RecordCompanion> companions,
      Signatures signatures,
      ReplicaLease lease) {
    return new GroupCommit(
        new IssuanceRecords(
            new TransactionTemplate(transactions),
            new RecordRows(jdbc, incarnation),
            companions.orderedStream().toList(),
            audit,
            authorities),
        signatures,
        lease);
  }

  @Bean
  IssuanceService issuanceService(
      CaSettings settings,
      JdbcTemplate jdbc,
      PlatformTransactionManager transactions,
      IssuingAuthorities authorities,
      DatabaseClock clock,
      SecureRandom random,
      GroupCommit groupCommit,
      Signatures signatures,
      ReplicaLease lease,
      IssuanceMetrics metrics,
      ObjectProvider<IssuanceStepListener> listeners) {
    ProfileLimits limits = new ProfileLimits(settings.lifetimes());
    return metrics.around(
        new StepwiseIssuance(
            new StepwiseIssuance.Parts(
                new RequestAuthorizer(settings.trustDomain(), limits),
                new SerialNumbers(new NumberBlocks(jdbc, transactions, "serial"), random),
                new NumberBlocks(jdbc, transactions, "revocation"),
                authorities,
                clock,
                new Issuer(limits),
                groupCommit,
                signatures,
                lease,
                new StepReport(listeners.orderedStream().toList()))));
  }

  @Bean
  IssuanceMetrics issuanceMetrics() {
    return new IssuanceMetrics();
  }

  @Bean
  IssuanceRequests issuanceRequests(JdbcTemplate jdbc) {
    return new IssuanceRequests(jdbc);
  }

  @Bean
  IssuedCertificates issuedCertificates(JdbcClient jdbc) {
    return new JdbcIssuedCertificates(jdbc);
  }

  @Bean
  RevokedCertificates revokedCertificates(JdbcClient jdbc) {
    return new RevokedCertificates(jdbc);
  }
}
