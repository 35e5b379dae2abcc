package dev.alts.ca.federation;

import dev.alts.ca.audit.AuditLog;
import dev.alts.ca.authority.JwtAuthorities;
import dev.alts.ca.authority.TrustDocuments;
import dev.alts.ca.configuration.CaSettings;
import dev.alts.ca.database.DatabaseClock;
import dev.alts.ca.endpoint.CaTlsIdentity;
import dev.alts.ca.endpoint.ServerEndpoints;
import dev.alts.ca.fetch.AddressPolicy;
import dev.alts.ca.fetch.HttpsFetcher;
import dev.alts.ca.jwt.JwtBundles;
import dev.alts.ca.jwt.JwtIssuer;
import dev.alts.ca.replica.Duties;
import dev.alts.ca.replica.ReplicaLease;
import dev.alts.ca.revocation.RevocationLists;
import dev.alts.ca.watch.WatchLog;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/** Wires federation. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(FederationProperties.class)
class FederationConfiguration {
  private static final int LOOPS = 2;

  @Bean
  Federations federations(
      JdbcTemplate jdbc,
      TransactionTemplate transactions,
      TrustDocuments own,
      AuditLog audit,
      WatchLog watch,
      DatabaseClock clock) {
    return new Federations(new FederationRows(jdbc), transactions, own, audit, watch, clock);
  }

  @Bean
  EventLoopGroup federationLoops() {
    return new MultiThreadIoEventLoopGroup(
        LOOPS, new DefaultThreadFactory("federation", true), NioIoHandler.newFactory());
  }

  @Bean
  FederationRefresh federationRefresh(
      Federations federations,
      TrustDocuments own,
      HttpsFetcher fetcher,
      ReplicaLease lease,
      SecureRandom random,
      InstantSource clock) {
    EndpointReader.Fetchers https =
        new EndpointReader.Fetchers(new HttpsFetcher(new AddressPolicy(List.of())), fetcher);
    return new FederationRefresh(
        federations, new EndpointReader(https, own, federations::held, clock), lease, random);
  }

  @Bean
  OwnBundle ownBundle(
      JdbcTemplate jdbc,
      TransactionTemplate transactions,
      TrustDocuments trust,
      JwtAuthorities jwtAuthorities,
      JwtBundles jwtKeys) {
    return new OwnBundle(jdbc, transactions, trust, jwtAuthorities, jwtKeys);
  }

  @Bean
  PublicDocuments publicDocuments(
      OwnBundle bundle,
      TrustDocuments trust,
      RevocationLists revocation,
      JwtBundles jwtKeys,
      JwtIssuer issuer,
      FederationProperties properties) {
    return new PublicDocuments(
        bundle,
        new PublicDocuments.Signed(trust, revocation, jwtKeys, issuer),
        new PublicDocuments.Hints(properties.refreshHint(), properties.documentsRefreshHint()));
  }

  @Bean
  PublicPorts publicPorts(
      FederationProperties properties,
      CaSettings settings,
      CaTlsIdentity identity,
      ServerEndpoints endpoints,
      PublicDocuments documents,
      InstantSource clock) {
    return new PublicPorts(properties, settings, identity, endpoints, documents, clock);
  }

  @Bean
  FederationMetrics federationMetrics(Federations federations, DatabaseClock clock) {
    return new FederationMetrics(federations, clock);
  }

  @Bean
  FederationUpkeep federationUpkeep(
      Federations federations,
      FederationRefresh refresh,
      OwnBundle bundle,
      PublicDocuments documents,
      PublicPorts ports,
      FederationMetrics metrics,
      EventLoopGroup federationLoops,
      Duties duties) {
    return new FederationUpkeep(
        federations,
        refresh,
        new FederationUpkeep.Publishing(bundle, documents, ports),
        metrics,
        federationLoops,
        duties);
  }
}
