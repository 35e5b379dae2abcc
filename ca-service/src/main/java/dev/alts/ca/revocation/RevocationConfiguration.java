package dev.alts.ca.revocation;

import dev.alts.ca.attestation.MachineRegistry;
import dev.alts.ca.authority.DocumentSigner;
import dev.alts.ca.authority.TrustDocuments;
import dev.alts.ca.configuration.CaSettings;
import dev.alts.ca.grants.Grants;
import dev.alts.ca.resumption.ResumptionKeys;
import dev.alts.ca.watch.WatchLog;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class RevocationConfiguration {
  @Bean
  RevocationTimes revocationTimes(CaSettings settings) {
    CaSettings.Lifetimes lives = settings.lifetimes();
    List<Duration> all = List.of(lives.machine(), lives.workloadLimit(), lives.human());
    return RevocationTimes.forCertificatesOf(Collections.max(all));
  }

  @Bean
  RevocationLists.Signing revocationSigning(TrustDocuments trust, DocumentSigner signer) {
    return new RevocationLists.Signing(trust, signer);
  }

  @Bean
  RevocationService.Holdings revocationHoldings(
      RevocationReach reach,
      Grants grants,
      ResumptionKeys resumption,
      MachineRegistry machines,
      WatchLog watch) {
    return new RevocationService.Holdings(reach, grants, resumption, machines, watch);
  }
}
