package dev.alts.ca.authority;

import dev.alts.ca.audit.AuditLog;
import dev.alts.ca.configuration.CaSettings;
import dev.alts.ca.configuration.CustodyProperties;
import dev.alts.ca.database.DatabaseClock;
import dev.alts.ca.operations.ReadinessCheck;
import dev.alts.ca.replica.CatchUp;
import dev.alts.identity.EntityKind;
import dev.alts.identity.crypto.EcdsaP256;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Wires keys and trust document. */
@Configuration(proxyBeanMethods = false)
class AuthorityConfiguration {
  @Bean
  WrappedTable wrappedSigningKeys() {
    return SigningKeys.wrappedTable();
  }

  @Bean(destroyMethod = "close")
  KeyCustody keyCustody(
      CaSettings settings,
      CustodyProperties properties,
      JdbcTemplate jdbc,
      PlatformTransactionManager transactions,
      SecureRandom random,
      AuditLog audit,
      List<WrappedTable> tables) {
    TransactionTemplate transaction = new TransactionTemplate(transactions);
    return new CustodyStart(
            settings,
            properties,
            jdbc,
            random,
            new KeyEncryptionKeyRotation(jdbc, transaction, audit, tables))
        .open();
  }

  @Bean
  SigningKeys signingKeys(JdbcTemplate jdbc, KeyCustody custody, SecureRandom random) {
    return new SigningKeys(jdbc, custody, random);
  }

  @Bean
  AuthorityRows authorityRows(JdbcTemplate jdbc) {
    return new AuthorityRows(jdbc);
  }

  @Bean
  RootRows rootRows(JdbcTemplate jdbc) {
    return new RootRows(jdbc);
  }

  @Bean
  Foundation foundation(
      JdbcTemplate jdbc,
      PlatformTransactionManager transactions,
      SigningKeys keys,
      SecureRandom random,
      DatabaseClock clock,
      AuditLog audit) {
    return new Foundation(
        jdbc,
        new TransactionTemplate(transactions),
        keys,
        new AuthorityCertificates(random),
        clock,
        audit);
  }

  @Bean
  TrustDomainKeeper trustDomainKeeper(
      JdbcTemplate jdbc,
      PlatformTransactionManager transactions,
      CaSettings settings,
      DatabaseClock clock,
      AuditLog audit,
      SigningKeys keys,
      AuthorityRows rows,
      RootRows roots,
      Foundation foundation) {
    foundation.layIfAbsent(settings);
    return new TrustDomainKeeper(
        jdbc,
        new TransactionTemplate(transactions),
        settings,
        clock,
        audit,
        () -> Keyring.load(keys, rows.all(), roots.all(), EcdsaP256.best()));
  }

  @Bean
  @Order(0)
  CatchUp trustDomainCatchUp(TrustDomainKeeper keeper) {
    return keeper::refresh;
  }

  @Bean
  ReadinessCheck keyCustodyReadiness(TrustDomainKeeper keeper, KeyCustody custody) {
    return new ReadinessCheck(
        "key-custody",
        () -> {
          for (EntityKind kind : EntityKind.values()) {
            var _ = keeper.current(kind);
          }
          try {
            custody.requireReachable();
            return Optional.empty();
          } catch (CustodyUnavailableException e) {
            return Optional.of("the custody of keys does not answer: " + custody);
          }
        });
  }

  @Bean
  MeterBinder trustDomainMetrics(TrustDomainKeeper keeper) {
    return registry ->
        TimeGauge.builder(
                "alts.trust.document.next.update",
                () -> keeper.current().parsed().nextUpdate().getEpochSecond(),
                TimeUnit.SECONDS)
            .description("When agents expect the next trust document, as a Unix time")
            .register(registry);
  }

  @Bean
  TrustDocumentRefresh trustDocumentRefresh(TrustDomainKeeper keeper, UpstreamChains upstream) {
    return new TrustDocumentRefresh(() -> {
      keeper.refresh();
      upstream.refresh();
    });
  }

  @Bean
  UpstreamChains upstreamChains(
      JdbcTemplate jdbc,
      PlatformTransactionManager transactions,
      CaSettings settings,
      SigningKeys keys,
      AuthorityRows rows,
      TrustDomainKeeper keeper,
      DatabaseClock clock) {
    return new UpstreamChains(
        new TransactionTemplate(transactions),
        settings,
        new UpstreamChains.Sources(rows, keys, new UpstreamRows(jdbc), keeper),
        clock);
  }

  @Bean
  @Order(0)
  CatchUp upstreamCatchUp(UpstreamChains upstream) {
    return upstream::refresh;
  }

  @Bean
  MeterBinder upstreamMetrics(UpstreamChains upstream) {
    return registry ->
        TimeGauge.builder(
                "alts.upstream.chain.end",
                () -> upstream.end().map(end -> (double) end.getEpochSecond()).orElse(Double.NaN),
                TimeUnit.SECONDS)
            .description(
                "When the upstream CA's certificate of the authority that signs for workloads ends,"
                    + " as a Unix time; 0: it has none, but others have; NaN: nobody has")
            .register(registry);
  }

  @Bean
  RootRotation rootRotation(
      PlatformTransactionManager transactions,
      SigningKeys keys,
      RootRows rows,
      AuditLog audit,
      TrustDomainKeeper keeper) {
    return new RootRotation(new TransactionTemplate(transactions), keys, rows, audit, keeper);
  }

  @Bean
  DocumentKeyRotation documentKeyRotation(
      JdbcTemplate jdbc,
      PlatformTransactionManager transactions,
      SigningKeys keys,
      AuditLog audit,
      TrustDomainKeeper keeper) {
    return new DocumentKeyRotation(
        jdbc, new TransactionTemplate(transactions), keys, audit, keeper);
  }

  @Bean
  OfflineRoot offlineRoot(
      JdbcTemplate jdbc,
      PlatformTransactionManager transactions,
      CaSettings settings,
      Foundation foundation,
      AuthorityRows authorities,
      RootRows roots,
      TrustDomainKeeper keeper) {
    return new OfflineRoot(
        new TransactionTemplate(transactions),
        settings,
        foundation,
        new OfflineRoot.Rows(authorities, roots, new AheadRows(jdbc)),
        keeper);
  }

  @Bean
  AuthorityRotation authorityRotation(
      PlatformTransactionManager transactions,
      CaSettings settings,
      Foundation foundation,
      AuthorityRows rows,
      AuditLog audit,
      TrustDomainKeeper keeper) {
    return new AuthorityRotation(
        new TransactionTemplate(transactions), settings, foundation, rows, audit, keeper);
  }

  /** After the keeper, which lays the foundation if there is none. */
  @Bean
  JwtAuthorities jwtAuthorities(
      JdbcTemplate jdbc,
      PlatformTransactionManager transactions,
      SigningKeys keys,
      AuditLog audit,
      DatabaseClock clock,
      CaSettings settings,
      TrustDomainKeeper keeper) {
    return new JwtAuthorities(
        jdbc,
        new TransactionTemplate(transactions),
        keys,
        audit,
        clock,
        settings.lifetimes().authority());
  }

  @Bean
  @Order(0)
  CatchUp jwtAuthoritiesCatchUp(JwtAuthorities authorities) {
    return authorities::refresh;
  }
}
