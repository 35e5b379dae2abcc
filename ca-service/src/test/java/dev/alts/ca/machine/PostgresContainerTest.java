package dev.alts.ca.machine;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.alts.api.machine.v1.Grant;
import dev.alts.api.machine.v1.IssueItem;
import dev.alts.ca.audit.AuditChains;
import dev.alts.ca.issuance.CertificateQuery;
import dev.alts.ca.issuance.CertificateQuery.RevokedThings;
import dev.alts.ca.issuance.IssuedCertificates;
import dev.alts.ca.testing.CaTestDatabase;
import dev.alts.ca.testing.DockerEngine;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.testcontainers.postgresql.PostgreSQLContainer;

/**
 * The CA on a PostgreSQL that it did not bring along: Debian's, in a container of Testcontainers,
 * over TCP and with a password.
 */
@Tag("containers")
@Timeout(300)
class PostgresContainerTest {
  private static @Nullable DockerEngine engine;
  private static @Nullable PostgreSQLContainer postgres;
  private static MachineCa ca;

  @BeforeAll
  static void start() throws Exception {
    engine = DockerEngine.start();
    postgres = engine.postgres();
    postgres.start();
    ca =
        MachineCa.start(
            CaTestDatabase.newHome(),
            List.of(
                "spring.datasource.url=" + postgres.getJdbcUrl(),
                "spring.datasource.username=" + postgres.getUsername(),
                "spring.datasource.password=" + postgres.getPassword()));
    ca.apply(MachineCa.WEB);
  }

  @AfterAll
  static void stop() throws Exception {
    if (ca != null) {
      ca.close();
    }
    if (postgres != null) {
      postgres.close();
    }
    if (engine != null) {
      engine.close();
    }
  }

  @Test
  void whatIsAskedTwiceIsIssuedOnceWhicheverReplicaIsAsked() {
    RawAgent agent = ca.attested("m-1");
    IssueItem item = RawAgent.itemOf(1000).build();
    try (MachineCa other = ca.replica()) {
      Grant first = agent.issue(item).getGrant();
      Grant second = agent.copy(other).issue(item).getGrant();

      assertThat(PersistentMachines.signedPart(second))
          .isEqualTo(PersistentMachines.signedPart(first));
      assertThat(first.getCertificate().getChain(0)).isNotEqualTo(ByteString.EMPTY);
    }
  }

  @Test
  void eachReplicaHoldsALeaseUntilItLeaves() {
    assertThat(ca.count("select count(*) from replica")).isEqualTo(1);
    try (MachineCa _ = ca.replica()) {
      assertThat(ca.count("select count(distinct epoch) from replica")).isEqualTo(2);
      assertThat(ca.count("select count(*) from replica where until > clock_timestamp()"))
          .isEqualTo(2);
    }
    assertThat(ca.count("select count(*) from replica")).isEqualTo(1);
  }

  @Test
  void ledgerFindsWhatAMachineGotAndTheAuditLogIsWhole() {
    RawAgent agent = ca.attested("m-2");
    for (int i = 0; i < 3; i++) {
      assertThat(agent.issue(RawAgent.itemOf(1000).build()).hasGrant()).isTrue();
    }

    assertThat(ca.bean(IssuedCertificates.class).search(of("m-2", "spiffe://test.alts/demo/*")))
        .satisfies(page -> assertThat(page.items()).hasSize(3));
    assertThat(ca.bean(AuditChains.class).findings()).isEmpty();
  }

  private static CertificateQuery of(String machine, String identity) {
    return new CertificateQuery(
        identity,
        machine,
        null,
        null,
        null,
        null,
        null,
        null,
        false,
        false,
        RevokedThings.NONE,
        100,
        "");
  }
}
