package dev.alts.ca.fetch;

import java.util.List;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class FetchConfiguration {
  /**
   * {@code alts.ca.fetch.private-networks}: the networks, as {@code 10.20.0.0/16}, in which servers
   * may be fetched from although their addresses are not public. In the CA's own configuration
   * only: an admin who names URLs cannot widen it.
   */
  @Bean
  HttpsFetcher httpsFetcher(
      @Value("${alts.ca.fetch.private-networks:}") List<String> privateNetworks) {
    return new HttpsFetcher(
        new AddressPolicy(
            privateNetworks.stream()
                .filter(text -> !text.isBlank())
                .map(String::strip)
                .map(AddressBlock::parse)
                .toList()));
  }
}
