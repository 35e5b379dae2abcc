package dev.alts.ca.crl;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Properties below {@code alts.ca.crl}.
 *
 * @param port of lists in plain HTTP, for programs that follow a distribution point; 0: any free
 *     one; not set: there is none, and lists are on the REST port alone
 * @param address on which it listens; who reaches it reads signed lists, and nothing more
 */
@ConfigurationProperties("alts.ca.crl")
record CrlProperties(@Nullable Integer port, @DefaultValue("127.0.0.1") String address) {
  CrlProperties {
    if (port != null && (port < 0 || port > 65_535)) {
      throw new IllegalArgumentException(
          "alts.ca.crl.port: %d (expected: 0 to 65535)".formatted(port));
    }
  }
}
