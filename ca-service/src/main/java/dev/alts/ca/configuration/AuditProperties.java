package dev.alts.ca.configuration;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Checkpoints over the audit log (docs/operate/audit.md).
 *
 * @param checkpointEvery how often one is signed while the log grows
 * @param checkpointAtLeast how old the latest may become while nothing happens
 * @param checkpointRetention how long checkpoints stay in the database
 * @param sinkFile to which each is appended, a line of JSON each; null: to no file
 * @param syslog HOST:PORT to which each is sent as RFC 5424 over UDP; null: to none
 */
@ConfigurationProperties("alts.ca.audit")
public record AuditProperties(
    @DefaultValue("10s") Duration checkpointEvery,
    @DefaultValue("10m") Duration checkpointAtLeast,
    @DefaultValue("400d") Duration checkpointRetention,
    @Nullable Path sinkFile,
    @Nullable String syslog) {
  private static final Duration SHORTEST = Duration.ofMillis(100);

  public AuditProperties {
    if (checkpointEvery.compareTo(SHORTEST) < 0
        || checkpointAtLeast.compareTo(checkpointEvery) < 0
        || checkpointRetention.compareTo(checkpointAtLeast) < 0) {
      throw new StartRefusedException(
          "alts.ca.audit: checkpoint-every, checkpoint-at-least and checkpoint-retention do not grow.",
          "Choose each at least as long as the one before, the first at least 100 ms.");
    }
    if (syslog != null && !syslog.matches("[^\\s]+:[0-9]{1,5}")) {
      throw new StartRefusedException(
          "alts.ca.audit.syslog: \"%s\" is no address.".formatted(syslog), "Choose HOST:PORT.");
    }
  }
}
