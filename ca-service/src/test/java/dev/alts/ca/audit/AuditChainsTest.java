package dev.alts.ca.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alts.ca.testing.CaCore;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

@Tag("abuse-43")
class AuditChainsTest {
  private CaCore ca;

  @BeforeEach
  void start() {
    ca = CaCore.start();
    for (int i = 0; i < 3; i++) {
      ca.bean(AuditLog.class)
          .append(new AuditEvent.AdminActed("ada", "machine.rotate", "host-" + i, "test"));
    }
  }

  @AfterEach
  void stop() {
    ca.close();
  }

  @Test
  void untouchedChainsAreWhole() {
    assertThat(ca.bean(AuditChains.class).findings()).isEmpty();
  }

  @Test
  void alteredEventIsFound() {
    ca.jdbc().update("update audit_event set body = replace(body, 'host-1', 'host-9')");

    assertThat(findings()).singleElement().asString().contains("is missing or was altered");
  }

  @Test
  void droppedEventIsFound() {
    ca.jdbc().update("delete from audit_event where body like '%host-1%'");

    assertThat(findings()).singleElement().asString().contains("is missing or was altered");
  }

  @Test
  void cutTailIsFound() {
    ca.jdbc().update("delete from audit_event where body like '%host-2%'");

    assertThat(findings()).singleElement().asString().contains("its end is missing");
  }

  @Test
  void eventOfARolledBackActIsNotRecorded() {
    TransactionTemplate transaction =
        new TransactionTemplate(ca.bean(PlatformTransactionManager.class));

    assertThatThrownBy(() ->
            transaction.executeWithoutResult(status -> {
              ca.bean(AuditLog.class)
                  .append(new AuditEvent.AdminActed("ada", "never", "happened", ""));
              throw new IllegalStateException("the act failed");
            }))
        .isInstanceOf(IllegalStateException.class);

    assertThat(findings()).isEmpty();
    assertThat(
            ca.jdbc()
                .queryForObject(
                    "select count(*) from audit_event where body like '%never%'", Integer.class))
        .isZero();
  }

  @Test
  void issueIsRecordedWithWhoAskedAndWhy() {
    ca.issueWorkload("/web");

    List<String> bodies =
        ca.jdbc()
            .query(
                "select body from audit_event where type = 'CertificateIssued' order by recorded_at",
                (row, number) -> row.getString("body"));

    assertThat(bodies.getLast())
        .contains(
            "\"subject\":\"spiffe://test.alts/web\"",
            "\"requester\":\"machine host-1\"",
            "\"authorizedBy\":\"rule web of version 3\"");
  }

  private List<String> findings() {
    return ca.bean(AuditChains.class).findings();
  }
}
