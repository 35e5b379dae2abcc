package dev.alts.ca.replica;

import dev.alts.ca.audit.ReplicaIncarnation;
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
  @Bean
  ReplicaLease replicaLease(
      JdbcTemplate jdbc, ReplicaIncarnation incarnation, ReplicaProperties properties) {
    return new ReplicaLease(jdbc, incarnation, properties.checkedLease());
  }

  @Bean
  LeaseRenewal leaseRenewal(
      ReplicaLease lease, ObjectProvider<CatchUp> views, ReplicaProperties properties) {
    Duration length = properties.checkedLease();
    return new LeaseRenewal(lease, () -> views.orderedStream().toList(), length);
  }

  @Bean
  Duties duties(JdbcTemplate jdbc, ReplicaIncarnation incarnation, ReplicaLease lease) {
    return new Duties(jdbc, incarnation, lease);
  }
}
