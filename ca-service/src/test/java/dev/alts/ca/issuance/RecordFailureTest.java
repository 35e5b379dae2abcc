package dev.alts.ca.issuance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alts.ca.audit.AuditChains;
import dev.alts.ca.replica.ReplicaLease;
import dev.alts.ca.testing.CaCore;
import dev.alts.identity.Bytes;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class RecordFailureTest {
  private CaCore ca;

  @BeforeEach
  void start() {
    ca = CaCore.start();
  }

  @AfterEach
  void stop() {
    ca.close();
  }

  @Test
  void rowThatTheDatabaseRefusesFailsItsOwnRequestOnly() {
    failInsertInto("certificate", "new.spiffe_id = 'spiffe://test.alts/poison'");
    Bytes spki = CaCore.newSpki();
    List<CertificateRequest> requests = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      requests.add(CaCore.workload(i == 4 ? "/poison" : "/web", spki));
    }

    List<IssuanceOutcome> outcomes = ca.bean(IssuanceService.class).issue(requests);

    for (int i = 0; i < outcomes.size(); i++) {
      assertThat(outcomes.get(i))
          .isInstanceOf(i == 4 ? IssuanceOutcome.Unavailable.class : IssuanceOutcome.Issued.class);
    }
    assertThat(count("certificate where spiffe_id = 'spiffe://test.alts/poison'")).isZero();
    assertThat(count("certificate where spiffe_id = 'spiffe://test.alts/web'")).isEqualTo(9);
    assertThat(ca.bean(AuditChains.class).findings()).isEmpty();
  }

  @Test
  void failedRequestSucceedsWithTheSameKeyOnceTheDatabaseTakesIt() {
    failInsertInto("certificate", "true");
    CertificateRequest request = CaCore.workload("/web", CaCore.newSpki());
    assertThat(ca.bean(IssuanceService.class).issue(request))
        .isInstanceOf(IssuanceOutcome.Unavailable.class);

    ca.jdbc().execute("drop trigger refuse on certificate");

    assertThat(ca.bean(IssuanceService.class).issue(request))
        .isInstanceOf(IssuanceOutcome.Issued.class);
  }

  @Tag("abuse-43")
  @Test
  void withoutAuditNothingIsSignedOrRecorded() {
    int before = count("certificate");
    failInsertInto("audit_event", "new.type = 'CertificateIssued'");

    IssuanceOutcome outcome =
        ca.bean(IssuanceService.class).issue(CaCore.workload("/web", CaCore.newSpki()));

    assertThat(outcome)
        .isInstanceOfSatisfying(
            IssuanceOutcome.Unavailable.class,
            unavailable -> assertThat(unavailable.explanation()).contains("audit"));
    assertThat(count("certificate")).isEqualTo(before);
    assertThat(count("issuance_request")).isEqualTo(before);
  }

  @Tag("abuse-43")
  @Test
  void closedAuditChainFencesTheReplica() {
    ca.jdbc().update("update audit_chain set closed_at = clock_timestamp()");

    assertThat(ca.bean(IssuanceService.class).issue(CaCore.workload("/web", CaCore.newSpki())))
        .isInstanceOf(IssuanceOutcome.Unavailable.class);
  }

  @Tag("abuse-52")
  @Test
  void whatWaitedWhileItsLeaseWasLostIsNotRecordedUnderTheNextOne() throws Exception {
    ReplicaLease lease = ca.bean(ReplicaLease.class);
    long before = lease.epoch();
    int requests = count("issuance_request");
    CompletableFuture<IssuanceOutcome> outcome;
    try (Connection other = ca.bean(DataSource.class).getConnection()) {
      other.setAutoCommit(false);
      try (Statement lock = other.createStatement()) {
        lock.execute("lock table issuance_request in access exclusive mode");
      }
      outcome =
          CompletableFuture.supplyAsync(() ->
              ca.bean(IssuanceService.class).issue(CaCore.workload("/late", CaCore.newSpki())));
      await(() -> count("pg_locks where not granted") > 0);

      ca.jdbc().update("update replica set until = clock_timestamp() - interval '1 s'");
      await(() -> lease.isHeld() && lease.epoch() > before);
      other.rollback();
    }

    assertThat(outcome.get(1, TimeUnit.MINUTES)).isInstanceOf(IssuanceOutcome.Unavailable.class);
    assertThat(count("certificate where spiffe_id = 'spiffe://test.alts/late'")).isZero();
    assertThat(count("issuance_request")).isEqualTo(requests);
  }

  private static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(25);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
  }

  private void failInsertInto(String table, String when) {
    ca.jdbc()
        .execute(
            """
            create or replace function refuse() returns trigger language plpgsql as
            $$ begin raise exception 'refused by a test'; end $$
            """);
    ca.jdbc()
        .execute(
            "create trigger refuse before insert on %s for each row when (%s) execute function refuse()"
                .formatted(table, when));
  }

  private int count(String from) {
    Integer count = ca.jdbc().queryForObject("select count(*) from " + from, Integer.class);
    return count == null ? 0 : count;
  }
}
