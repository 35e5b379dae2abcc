package dev.alts.ca.machine;

import dev.alts.ca.authority.JwtAuthorities;
import dev.alts.ca.authority.TrustDocuments;
import dev.alts.ca.configuration.LedgerProperties;
import dev.alts.ca.crl.Crls;
import dev.alts.ca.grants.GrantRows;
import dev.alts.ca.grants.IdentityCap;
import dev.alts.ca.grants.PastGrants;
import dev.alts.ca.issuance.IssuanceRequests;
import dev.alts.ca.jwt.JwtBundles;
import dev.alts.ca.jwt.JwtSvids;
import dev.alts.ca.naming.DomainPolicies;
import dev.alts.ca.naming.NamingPolicies;
import dev.alts.ca.operations.ReadinessCheck;
import dev.alts.ca.policy.IdentityRules;
import dev.alts.ca.replica.CatchUp;
import dev.alts.ca.replica.ReplicaLease;
import dev.alts.ca.resumption.ResumptionKeys;
import dev.alts.ca.revocation.OwnVerification;
import dev.alts.ca.revocation.RevocationLists;
import dev.alts.ca.revocation.RevocationPast;
import dev.alts.ca.rotation.RenewalPacing;
import dev.alts.ca.rotation.RotationSchedule;
import dev.alts.ca.watch.WatchHub;
import dev.alts.ca.watch.WatchLog;
import io.opentelemetry.api.OpenTelemetry;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import javax.sql.DataSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(LedgerProperties.class)
class MachineConfiguration {
  private static final int MAX_WAITING_CALLS = 2_048;
  private static final Duration CALL_PATIENCE = Duration.ofSeconds(2);

  @Bean(destroyMethod = "close")
  WatchHub watchHub(WatchLog events, DataSource database) {
    return new WatchHub(events, database);
  }

  @Bean
  MachineMetrics machineMetrics(WatchHub hub, AgentConnections connections, Admission admission) {
    return new MachineMetrics(hub, connections, admission);
  }

  @Bean
  CallTraces callTraces(ObjectProvider<OpenTelemetry> telemetry) {
    return new CallTraces(telemetry.getIfAvailable(OpenTelemetry::noop));
  }

  @Bean
  ReadinessCheck caughtUpReadiness(WatchHub hub) {
    return ReadinessCheck.of(
        "caught-up", hub::isCurrent, "what this replica has in memory may be old");
  }

  @Bean
  ReadinessCheck machineReadiness(ObjectProvider<MachineServer> server, Drain drain) {
    return ReadinessCheck.of(
        "machine-api",
        () -> !drain.hasBegun() && server.getObject().isRunning(),
        "the Machine API is starting or stopping");
  }

  @Bean
  Drain drain(
      ReplicaLease lease,
      WatchHub hub,
      @Value("${alts.ca.replica.drain-delay:0s}") Duration delay,
      @Value("${alts.ca.replica.drain-limit:30s}") Duration limit) {
    return new Drain(lease, hub, delay, limit);
  }

  @Bean
  Admission admission(@Value("${alts.ca.machine.calls-at-once:256}") int atOnce) {
    return new Admission(new Admission.Limits(atOnce, MAX_WAITING_CALLS, CALL_PATIENCE));
  }

  @Bean
  ConnectionAge connectionAge(
      @Value("${alts.ca.machine.connection-age:1h}") Duration age, SecureRandom random) {
    return new ConnectionAge(age, random);
  }

  @Bean
  MachineServer.Crowd crowd(
      Admission admission,
      StatedTimeLeft timeLeft,
      AgentConnections connections,
      ConnectionAge age) {
    return new MachineServer.Crowd(admission, timeLeft, connections, age);
  }

  /** Last, as is the default of the annotation: what is read here refers to the trust document. */
  @Bean
  @Order
  CatchUp machineCatchUp(OwnVerification verification, IdentityRules rules, WatchHub hub) {
    return () -> {
      verification.refresh();
      rules.reload();
      hub.lookedElsewhere();
    };
  }

  @Bean
  IdentityCap identityCap(GrantRows grants, InstantSource clock) {
    return new IdentityCap(grants, IssueDecisions.MAX_IDENTITIES, clock);
  }

  @Bean
  MachineUpkeep.Expiring expiring(
      PastGrants grants,
      RevocationPast revocations,
      IssuanceRequests requests,
      JwtSvids tokens,
      LedgerProperties kept) {
    return new MachineUpkeep.Expiring(grants, revocations, requests, tokens, kept);
  }

  @Bean
  MachineUpkeep.Rotating rotating(
      RotationSchedule schedule, RenewalPacing pacing, JwtAuthorities jwtAuthorities) {
    return new MachineUpkeep.Rotating(schedule, pacing, jwtAuthorities);
  }

  @Bean
  MachineUpkeep.Published published(
      TrustDocuments trust,
      NamingPolicies naming,
      DomainPolicies policies,
      RevocationLists revocation,
      ResumptionKeys resumption,
      JwtBundles jwt,
      Crls crls,
      WatchLog watch) {
    return new MachineUpkeep.Published(
        trust, naming, policies, revocation, resumption, jwt, crls, watch);
  }
}
