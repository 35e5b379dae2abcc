package dev.alts.ca.crl;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.concurrent.TimeUnit;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Wires lists of revoked certificates. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(CrlProperties.class)
class CrlConfiguration {
  @Bean
  CrlPort crlPort(CrlProperties properties, Crls crls) {
    return new CrlPort(properties, crls);
  }

  @Bean
  MeterBinder crlMetrics(Crls crls) {
    return registry -> {
      TimeGauge.builder(
              "alts.crl.next.update",
              () ->
                  crls.seen().stream()
                      .flatMap(status -> status.list().stream())
                      .mapToDouble(list -> list.nextUpdate().getEpochSecond())
                      .min()
                      .orElse(Double.NaN),
              TimeUnit.SECONDS)
          .description("When the first list of revoked certificates ends, as a Unix time")
          .register(registry);
      Gauge.builder(
              "alts.crl.too.long", () -> crls.seen().stream().filter(CrlStatus::isTooLong).count())
          .description("Authorities with more revoked certificates than a list may have")
          .register(registry);
    };
  }
}
