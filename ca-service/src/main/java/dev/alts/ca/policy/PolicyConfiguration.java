package dev.alts.ca.policy;

import dev.alts.ca.audit.AuditLog;
import dev.alts.ca.configuration.CaSettings;
import dev.alts.ca.watch.WatchLog;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.transaction.support.TransactionTemplate;

@Configuration(proxyBeanMethods = false)
class PolicyConfiguration {
  @Bean
  IdentityRules identityRules(
      RuleStore store,
      TransactionTemplate transactions,
      AuditLog audit,
      WatchLog watch,
      CaSettings settings) {
    return new IdentityRules(
        store,
        transactions,
        audit,
        watch,
        new IdentityRules.Settings(
            settings.trustDomain(), PolicyLimits.atMost(settings.lifetimes().workloadLimit())));
  }
}
