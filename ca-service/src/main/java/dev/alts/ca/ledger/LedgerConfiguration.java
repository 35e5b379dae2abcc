package dev.alts.ca.ledger;

import dev.alts.ca.audit.AuditLog;
import dev.alts.ca.checkpoint.Checkpoints;
import dev.alts.ca.configuration.CaSettings;
import dev.alts.ca.configuration.LedgerProperties;
import dev.alts.ca.replica.Duties;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Wires the upkeep of the growing tables. */
@Configuration(proxyBeanMethods = false)
class LedgerConfiguration {
  private static final int CERTIFICATE_DAYS = 1;
  private static final int AUDIT_DAYS = 7;

  @Bean
  LedgerUpkeep ledgerUpkeep(
      Duties duties,
      JdbcTemplate jdbc,
      PlatformTransactionManager transactionManager,
      Checkpoints checkpoints,
      AuditLog audit,
      CaSettings settings,
      LedgerProperties properties) {
    TransactionTemplate transactions = new TransactionTemplate(transactionManager);
    PartitionedTable certificates =
        new PartitionedTable(jdbc, transactions, "certificate", "not_after", CERTIFICATE_DAYS);
    PartitionedTable events =
        new PartitionedTable(jdbc, transactions, "audit_event", "recorded_at", AUDIT_DAYS);
    CaSettings.Lifetimes lives = settings.lifetimes();
    Duration longest =
        Collections.max(List.of(lives.machine(), lives.workloadLimit(), lives.human()));
    LedgerUpkeep upkeep =
        new LedgerUpkeep(
            duties,
            jdbc,
            new LedgerUpkeep.Kept<>(
                certificates,
                new CertificateRetention(
                    jdbc,
                    transactions,
                    certificates,
                    checkpoints,
                    audit,
                    properties.certificateRetention())),
            new LedgerUpkeep.Kept<>(
                events,
                new AuditRetention(
                    jdbc, transactions, events, checkpoints, audit, properties.auditRetention())),
            longest);
    upkeep.start(properties.round());
    return upkeep;
  }
}
