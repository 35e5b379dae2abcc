package dev.alts.ca.operations;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import javax.sql.DataSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Wires probes and metrics. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(OperationsProperties.class)
class OperationsConfiguration {
  @Bean
  Readiness replicaReadiness(ObjectProvider<ReadinessCheck> checks) {
    return new Readiness(() -> checks.orderedStream().toList());
  }

  @Bean
  ReadinessCheck databaseReadiness(DataSource database) {
    return new ReadinessCheck("database", new DatabaseCheck(database)::problem);
  }

  @Bean
  MeterBinder readinessMetrics(Readiness readiness) {
    return registry ->
        Gauge.builder("alts.ready", () -> readiness.problems().isEmpty() ? 1 : 0)
            .description("1 if this replica should get calls")
            .register(registry);
  }

  @Bean
  OperationsPort operationsPort(
      OperationsProperties properties, Readiness readiness, PrometheusMeterRegistry metrics) {
    return new OperationsPort(properties, readiness, metrics);
  }
}
