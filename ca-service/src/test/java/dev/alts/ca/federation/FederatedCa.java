package dev.alts.ca.federation;

import dev.alts.api.federation.v1.FederatedDomain;
import dev.alts.api.federation.v1.FederatedDomains;
import dev.alts.api.machine.v1.WatchResponse;
import dev.alts.ca.authority.TrustDocuments;
import dev.alts.ca.federation.FederationStatus.Standing;
import dev.alts.ca.fetch.HttpsUrl;
import dev.alts.ca.testing.CaCore;
import dev.alts.ca.testing.CaTestDatabase;
import dev.alts.ca.watch.WatchTopic;
import dev.alts.identity.EntityKind;
import dev.alts.identity.SpiffeId;
import dev.alts.identity.TrustDomain;
import dev.alts.identity.document.RootFingerprint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.annotation.EnableTransactionManagement;

/** A running CA of one trust domain with its public port, on a database of its own. */
final class FederatedCa implements AutoCloseable {
  static final Acceptance WORKLOADS =
      new Acceptance(Set.of(EntityKind.WORKLOAD), List.of(), List.of(), Duration.ofDays(7));

  private final ConfigurableApplicationContext context;
  private final TrustDomain domain;

  private FederatedCa(ConfigurableApplicationContext context, TrustDomain domain) {
    this.context = context;
    this.domain = domain;
  }

  static FederatedCa start(String trustDomain, String... properties) {
    try {
      List<String> all = new ArrayList<>(CaTestDatabase.newDatabase());
      all.addAll(
          List.of(
              "alts.ca.trust-domain=" + trustDomain,
              "alts.ca.machine.port=0",
              "alts.ca.fetch.private-networks=127.0.0.0/8",
              "alts.ca.federation.spiffe.port=0",
              "alts.ca.federation.requests-per-minute=100000",
              "alts.ca.federation.documents-refresh-hint=1s"));
      all.addAll(List.of(properties));
      return new FederatedCa(
          CaCore.boot(CaTestDatabase.newHome(), all, List.of(Modules.class)),
          new TrustDomain(trustDomain));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  <T> T bean(Class<T> type) {
    return context.getBean(type);
  }

  JdbcTemplate jdbc() {
    return bean(JdbcTemplate.class);
  }

  TrustDomain domain() {
    return domain;
  }

  RootFingerprint root() {
    return bean(TrustDocuments.class).rootFingerprint();
  }

  int port(String profile) {
    return bean(PublicPorts.class).port(profile);
  }

  /** {@return the bundle as it is served} */
  String bundle() {
    return text(PublicDocuments.BUNDLE_PATH);
  }

  String text(String path) {
    return new String(
        bean(PublicDocuments.class).get().get(path).body().toByteArray(),
        java.nio.charset.StandardCharsets.UTF_8);
  }

  /** {@return a relationship of another CA with this one, by its own SVID} */
  Relationship bySvid(boolean alts) {
    return new Relationship(
        domain,
        new HttpsUrl("127.0.0.1", port(PublicPorts.SPIFFE), PublicDocuments.BUNDLE_PATH),
        new EndpointProfile.HttpsSpiffe(SpiffeId.of(domain, "/ca")),
        alts ? root() : null,
        true,
        WORKLOADS);
  }

  FederationStatus put(Relationship relationship, @Nullable String bundle) {
    return bean(Federations.class).put(relationship, bundle, "test");
  }

  FederationStatus status(TrustDomain of) {
    return bean(Federations.class).find(of).orElseThrow();
  }

  FederationStatus refresh(TrustDomain of) {
    return bean(FederationRefresh.class).refresh(of).orElseThrow();
  }

  /** {@return what agents of this CA are told of the other domain} */
  Optional<FederatedDomain> told(TrustDomain of) {
    byte[] payload =
        jdbc()
            .queryForObject(
                "select payload from watch_event where topic = ? order by sequence desc limit 1",
                byte[].class,
                WatchTopic.FEDERATED_DOMAINS.number());
    try {
      FederatedDomains domains = WatchResponse.parseFrom(payload).getFederatedDomains();
      return domains.getDomainsList().stream()
          .filter(each -> each.getTrustDomain().equals(of.name()))
          .findFirst();
    } catch (com.google.protobuf.InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  void awaitStanding(TrustDomain of, Standing wanted) {
    await("%s is %s".formatted(of, wanted), () -> status(of).standing() == wanted);
  }

  static void await(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError("not within 60 s: " + what);
      }
      LockSupport.parkNanos(20_000_000);
    }
  }

  @Override
  public void close() {
    context.close();
  }

  @Configuration(proxyBeanMethods = false)
  @EnableTransactionManagement
  @ComponentScan({
    "dev.alts.ca.attestation",
    "dev.alts.ca.federation",
    "dev.alts.ca.fetch",
    "dev.alts.ca.grants",
    "dev.alts.ca.jwt",
    "dev.alts.ca.machine",
    "dev.alts.ca.naming",
    "dev.alts.ca.policy",
    "dev.alts.ca.resumption",
    "dev.alts.ca.revocation",
    "dev.alts.ca.rotation",
    "dev.alts.ca.watch"
  })
  static class Modules {}
}
