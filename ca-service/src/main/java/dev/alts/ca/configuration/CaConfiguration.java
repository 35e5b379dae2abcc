package dev.alts.ca.configuration;

import dev.alts.identity.TrustDomain;
import java.security.SecureRandom;
import java.time.InstantSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Wires what every module starts from: settings, data directory, clock, randomness. */
@Configuration(proxyBeanMethods = false)
class CaConfiguration {
  @Bean
  CaSettings caSettings(CaProperties properties) {
    DefaultLocations locations = DefaultLocations.ofThisProcess();
    CaProperties.Lifetimes lifetimes = properties.lifetimes();
    return new CaSettings(
        trustDomain(properties.trustDomain()),
        locations.dataDirectory(properties.dataDirectory()),
        locations.keyEncryptionKeyFile(properties.keyEncryptionKeyFile()),
        locations.databaseBinaries(properties.database().binariesDirectory()),
        properties.address(),
        properties.machine().port(),
        new CaSettings.Lifetimes(
            lifetimes.authority(),
            lifetimes.machine(),
            lifetimes.workload(),
            lifetimes.workloadLimit(),
            lifetimes.human(),
            lifetimes.trustDocument()));
  }

  @Bean
  DataDirectory dataDirectory(CaSettings settings) {
    return DataDirectory.open(settings.dataDirectory());
  }

  @Bean
  InstantSource clock() {
    return InstantSource.system();
  }

  @Bean
  SecureRandom secureRandom() {
    return new SecureRandom();
  }

  private static TrustDomain trustDomain(String name) {
    try {
      return new TrustDomain(name);
    } catch (IllegalArgumentException e) {
      throw new StartRefusedException(
          "alts.ca.trust-domain: " + e.getMessage() + ".", "Choose a name like prod.example.", e);
    }
  }
}
