package dev.alts.ca.replica;

import dev.alts.ca.audit.ReplicaIncarnation;
import dev.alts.ca.operations.ReadinessCheck;
import java.time.Duration;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;

/** Wires leases. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(ReplicaProperties.class)
class ReplicaConfiguration {
  /** Before everything that needs the lease: a slow start must not outlast it. */
  @Bean
  LeaseRenewal leaseRenewal(
      JdbcTemplate jdbc,
      ReplicaIncarnation incarnation,
      ReplicaProperties properties,
      ObjectProvider<CatchUp> views) {
    Duration length = properties.checkedLease();
    return new LeaseRenewal(
        new ReplicaLease(jdbc, incarnation, length), () -> views.orderedStream().toList(), length);
  }

  @Bean
  ReplicaLease replicaLease(LeaseRenewal renewal) {
    return renewal.lease();
  }

  @Bean
  LeaseMetrics leaseMetrics(ReplicaLease lease) {
    return new LeaseMetrics(lease);
  }

  @Bean
  ReadinessCheck leaseReadiness(ReplicaLease lease) {
    return ReadinessCheck.of(
        "lease",
        lease::isHeld,
        "this replica has no lease: it cannot reach the database, or catches up");
  }

  @Bean
  Duties duties(JdbcTemplate jdbc, ReplicaIncarnation incarnation, ReplicaLease lease) {
    return new Duties(jdbc, incarnation, lease);
  }
}
