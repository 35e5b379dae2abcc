package dev.alts.ca.machine;

import dev.alts.ca.authority.TrustDocuments;
import dev.alts.ca.grants.Grants;
import dev.alts.ca.issuance.IssuanceRequests;
import dev.alts.ca.naming.DomainPolicies;
import dev.alts.ca.naming.NamingPolicies;
import dev.alts.ca.resumption.ResumptionKeys;
import dev.alts.ca.revocation.RevocationLists;
import dev.alts.ca.watch.WatchHub;
import dev.alts.ca.watch.WatchLog;
import javax.sql.DataSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class MachineConfiguration {
  @Bean(destroyMethod = "close")
  WatchHub watchHub(WatchLog events, DataSource database) {
    return new WatchHub(events, database);
  }

  @Bean
  MachineUpkeep.Expiring expiring(Grants grants, IssuanceRequests requests) {
    return new MachineUpkeep.Expiring(grants, requests);
  }

  @Bean
  MachineUpkeep.Published published(
      TrustDocuments trust,
      NamingPolicies naming,
      DomainPolicies policies,
      RevocationLists revocation,
      ResumptionKeys resumption,
      WatchLog watch) {
    return new MachineUpkeep.Published(trust, naming, policies, revocation, resumption, watch);
  }
}
