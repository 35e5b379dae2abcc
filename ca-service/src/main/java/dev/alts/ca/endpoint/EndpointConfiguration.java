package dev.alts.ca.endpoint;

import dev.alts.ca.authority.TrustDocuments;
import dev.alts.ca.configuration.CaSettings;
import dev.alts.ca.configuration.DataDirectory;
import dev.alts.ca.database.DatabaseClock;
import dev.alts.ca.issuance.IssuanceService;
import dev.alts.identity.SpiffeId;
import java.security.SecureRandom;
import java.time.InstantSource;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Wires what the ports share. */
@Configuration(proxyBeanMethods = false)
class EndpointConfiguration {
  @Bean
  CaTlsIdentity caTlsIdentity(
      CaSettings settings,
      IssuanceService issuance,
      TrustDocuments documents,
      DatabaseClock clock,
      SecureRandom random) {
    return new CaTlsIdentity(
        SpiffeId.of(settings.trustDomain(), "/ca"), issuance, documents, clock, random);
  }

  @Bean
  StrangerLimit strangerLimit(
      @Value("${alts.ca.stranger-refusals-per-minute:600}") int perMinute, InstantSource clock) {
    return new StrangerLimit(perMinute, clock);
  }

  @Bean
  CaTlsIdentityRenewal caTlsIdentityRenewal(CaTlsIdentity identity) {
    return new CaTlsIdentityRenewal(identity);
  }

  @Bean
  ServerEndpoints serverEndpoints(DataDirectory dataDirectory, TrustDocuments trustDocuments) {
    ServerEndpoints endpoints =
        new ServerEndpoints(dataDirectory.path(), trustDocuments.rootFingerprint());
    // For the life of the process.
    var _ =
        trustDocuments.onChange(document -> endpoints.rootIs(document.parsed().rootFingerprint()));
    return endpoints;
  }
}
