package dev.alts.ca.admin.web;

import dev.alts.ca.configuration.StartRefusedException;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How much one human may ask of one replica.
 *
 * @param requestsPerMinute of any kind; as many may come at once
 * @param changesPerMinute of those that are not GET
 */
@ConfigurationProperties("alts.ca.admin.limits")
public record RequestLimits(
    @DefaultValue("1200") int requestsPerMinute, @DefaultValue("300") int changesPerMinute) {
  public RequestLimits {
    if (requestsPerMinute < 1 || changesPerMinute < 1) {
      throw new StartRefusedException(
          "alts.ca.admin.limits: %d requests, %d changes a minute."
              .formatted(requestsPerMinute, changesPerMinute),
          "Choose at least 1 for each.");
    }
  }
}
