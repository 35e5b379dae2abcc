package dev.alts.ca.operations;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Properties below {@code alts.ca.operations}.
 *
 * @param port of probes and metrics, in plain HTTP; 0: any free one; not set: there is none
 * @param address on which it listens; who reaches it reads figures, and nothing more
 */
@ConfigurationProperties("alts.ca.operations")
record OperationsProperties(@Nullable Integer port, @DefaultValue("127.0.0.1") String address) {
  OperationsProperties {
    if (port != null && (port < 0 || port > 65_535)) {
      throw new IllegalArgumentException(
          "alts.ca.operations.port: %d (expected: 0 to 65535)".formatted(port));
    }
  }
}
