package dev.alts.ca.checkpoint;

import dev.alts.ca.audit.AuditChains;
import dev.alts.ca.authority.DocumentSigner;
import dev.alts.ca.authority.TrustDocuments;
import dev.alts.ca.configuration.AuditProperties;
import dev.alts.ca.replica.Duties;
import dev.alts.ca.watch.WatchLog;
import java.util.ArrayList;
import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/** Wires checkpoints over the database and their witnesses. */
@Configuration(proxyBeanMethods = false)
class CheckpointConfiguration {
  @Bean
  CheckpointStore checkpointStore(JdbcTemplate jdbc) {
    return new CheckpointStore(jdbc);
  }

  @Bean
  Checkpoints checkpoints(
      CheckpointStore store,
      PlatformTransactionManager transactions,
      AuditChains chains,
      TrustDocuments trust,
      DocumentSigner signer,
      WatchLog watch,
      AuditProperties settings) {
    return new Checkpoints(
        store,
        new TransactionTemplate(transactions),
        chains,
        new Checkpoints.Signing(trust, signer),
        watch,
        settings);
  }

  @Bean
  CheckpointSigning checkpointSigning(
      Duties duties, Checkpoints checkpoints, CheckpointStore store, AuditProperties settings) {
    List<CheckpointSink> sinks = new ArrayList<>();
    if (settings.sinkFile() != null) {
      sinks.add(new FileSink(settings.sinkFile()));
    }
    if (settings.syslog() != null) {
      // The latest once more: its number tells whether one was lost.
      long before = store.latest().map(latest -> latest.number() - 1).orElse(0L);
      sinks.add(new SyslogSink(settings.syslog(), before));
    }
    return new CheckpointSigning(
        duties, checkpoints, new CheckpointWitnesses(store, sinks), settings.checkpointEvery());
  }

  @Bean
  AuditVerification auditVerification(
      CheckpointStore store,
      AuditChains chains,
      TrustDocuments trust,
      PlatformTransactionManager transactions) {
    TransactionTemplate oneState = new TransactionTemplate(transactions);
    oneState.setReadOnly(true);
    oneState.setIsolationLevel(TransactionDefinition.ISOLATION_REPEATABLE_READ);
    return new AuditVerification(store, chains, trust, oneState);
  }
}
