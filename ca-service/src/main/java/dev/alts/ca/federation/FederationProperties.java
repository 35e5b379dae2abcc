package dev.alts.ca.federation;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Properties below {@code alts.ca.federation}.
 *
 * @param address on which the public ports listen; default {@code alts.ca.address}
 * @param web the port with a certificate of Web PKI
 * @param spiffe the port with the CA's own SVID
 * @param refreshHint when others should ask for the bundle again, 10 s to 24 h; keys are published
 *     days before they are used
 * @param documentsRefreshHint when others should ask for the documents again, 1 s to 1 h; a
 *     revocation takes as long to reach them
 * @param requestsPerMinute of one source, 10 to 100,000
 */
@ConfigurationProperties("alts.ca.federation")
record FederationProperties(
    @Nullable String address,
    @DefaultValue Web web,
    @DefaultValue Spiffe spiffe,
    @DefaultValue("5m") Duration refreshHint,
    @DefaultValue("5s") Duration documentsRefreshHint,
    @DefaultValue("600") int requestsPerMinute) {
  FederationProperties {
    requireBetween("refresh-hint", refreshHint, Duration.ofSeconds(10), Duration.ofHours(24));
    requireBetween(
        "documents-refresh-hint", documentsRefreshHint, Duration.ofSeconds(1), Duration.ofHours(1));
    if (requestsPerMinute < 10 || requestsPerMinute > 100_000) {
      throw new IllegalArgumentException(
          "alts.ca.federation.requests-per-minute: %d (expected: 10 to 100000)"
              .formatted(requestsPerMinute));
    }
  }

  /**
   * @param port 0: any free one; not set: there is none
   * @param certificate PEM, leaf first; read again when it changes
   * @param key PEM, PKCS #8
   */
  record Web(@Nullable Integer port, @Nullable Path certificate, @Nullable Path key) {
    Web {
      requirePort("web", port);
      if (port != null && (certificate == null || key == null)) {
        throw new IllegalArgumentException(
            "alts.ca.federation.web.port is set (expected: web.certificate and web.key, too)");
      }
    }
  }

  /**
   * @param port 0: any free one; not set: there is none
   */
  record Spiffe(@Nullable Integer port) {
    Spiffe {
      requirePort("spiffe", port);
    }
  }

  private static void requirePort(String name, @Nullable Integer port) {
    if (port != null && (port < 0 || port > 65_535)) {
      throw new IllegalArgumentException(
          "alts.ca.federation.%s.port: %d (expected: 0 to 65535)".formatted(name, port));
    }
  }

  private static void requireBetween(String name, Duration value, Duration min, Duration max) {
    if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
      throw new IllegalArgumentException(
          "alts.ca.federation.%s: %s (expected: %s to %s)".formatted(name, value, min, max));
    }
  }
}
