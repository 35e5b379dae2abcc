package dev.alts.ca.configuration;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How long the CA remembers (docs/operate/ledger.md).
 *
 * @param certificateRetention how long a certificate stays in the ledger after its expiry, at least
 *     an hour; dropped by whole days
 * @param auditRetention how long an audit event stays, at least a day; dropped by whole weeks, and
 *     never before a checkpoint covers it
 * @param round how often partitions are made and dropped
 */
@ConfigurationProperties("alts.ca.ledger")
public record LedgerProperties(
    @DefaultValue("30d") Duration certificateRetention,
    @DefaultValue("400d") Duration auditRetention,
    @DefaultValue("1h") Duration round) {
  public LedgerProperties {
    require("certificate-retention", certificateRetention, Duration.ofHours(1));
    require("audit-retention", auditRetention, Duration.ofDays(1));
    require("round", round, Duration.ofSeconds(1));
  }

  private static void require(String name, Duration value, Duration least) {
    if (value.compareTo(least) < 0) {
      throw new StartRefusedException(
          "alts.ca.ledger.%s is %s.".formatted(name, value),
          "Choose at least %s.".formatted(least));
    }
  }
}
