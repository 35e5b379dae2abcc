package dev.alts.ca.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alts.api.machine.v1.Grant;
import dev.alts.ca.attestation.MachineName;
import dev.alts.ca.authority.TrustDocuments;
import dev.alts.ca.resumption.ResumptionKeys;
import dev.alts.ca.revocation.ReasonCode;
import dev.alts.ca.revocation.RevocationLists;
import dev.alts.ca.revocation.RevocationReceipt;
import dev.alts.ca.revocation.RevocationRequest;
import dev.alts.ca.revocation.RevocationService;
import dev.alts.ca.revocation.RevocationTarget;
import dev.alts.identity.Bytes;
import dev.alts.identity.RevocationId;
import dev.alts.identity.SpiffeId;
import dev.alts.identity.document.InvalidDocumentException;
import dev.alts.identity.document.RevocationEntry;
import dev.alts.identity.document.RevocationList;
import io.grpc.Status;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

class RevocationTest {
  private static final SpiffeId WEB = SpiffeId.parse("spiffe://test.alts/demo/web");

  private static MachineCa ca;

  @BeforeAll
  static void start() {
    ca = MachineCa.start();
    ca.apply(MachineCa.WEB);
  }

  @AfterAll
  static void stop() {
    ca.close();
  }

  @Test
  @Tag("abuse-46")
  void listsGrowInCounterAndKeepEveryEntryThatCanStillMatch() {
    RevocationList before = list();
    revoke(new RevocationTarget.Certificate(new RevocationId(77)), false);
    revoke(new RevocationTarget.Authority(Bytes.copyOf(new byte[32])), false);
    RevocationList after = list();
    ca.bean(JdbcClient.class)
        .sql("UPDATE revocation_list SET issued_at = issued_at - interval '6 minutes'")
        .update();
    ca.bean(RevocationLists.class).refresh();
    RevocationList refreshed = list();

    assertThat(after.isNewerThan(before)).isTrue();
    assertThat(refreshed.isNewerThan(after)).isTrue();
    assertThat(refreshed.entries())
        .containsAll(after.entries())
        .anyMatch(entry -> entry instanceof RevocationEntry.Certificate)
        .anyMatch(entry -> entry instanceof RevocationEntry.Authority);
  }

  @Test
  @Tag("abuse-46")
  void entryLeavesTheListOnlyAfterAllThatItCouldMatchIsGone() {
    RevocationReceipt receipt =
        revoke(new RevocationTarget.Certificate(new RevocationId(78)), false);

    RevocationEntry entry =
        list().entries().stream()
            .filter(found -> found instanceof RevocationEntry.Certificate c && c.id().value() == 78)
            .findFirst()
            .orElseThrow();
    // Longest certificate 24 h, longest channel 24 h, skew 60 s.
    assertThat(entry.dropAfter()).isEqualTo(receipt.since().plusSeconds(2 * 86_400 + 60));
    assertThat(receipt.certificates()).as("nobody holds it").isZero();

    ca.bean(JdbcClient.class)
        .sql("UPDATE revocation_entry SET drop_after = clock_timestamp() WHERE entry = :entry")
        .param("entry", stored(78))
        .update();
    revoke(new RevocationTarget.Certificate(new RevocationId(79)), false);
    assertThat(list().entries()).doesNotContain(entry);
  }

  private static byte[] stored(long id) {
    return ca
        .bean(JdbcClient.class)
        .sql("SELECT entry FROM revocation_entry ORDER BY created_at DESC")
        .query((row, number) -> row.getBytes(1))
        .list()
        .stream()
        .filter(entry -> {
          try {
            return dev.alts.wire.handshake.v1.RevocationEntry.parseFrom(entry)
                    .getCertificate()
                    .getRevocationId()
                == id;
          } catch (com.google.protobuf.InvalidProtocolBufferException e) {
            throw new AssertionError(e);
          }
        })
        .findFirst()
        .orElseThrow();
  }

  @Test
  void revokedCertificateOfAProcessVoidsItsResumptionsToo() {
    try (RawAgent agent = ca.attested("r1")) {
      Grant grant = agent.issue(RawAgent.itemOf(1000).build()).getGrant();

      RevocationReceipt receipt =
          revoke(
              new RevocationTarget.Certificate(
                  new RevocationId(grant.getCertificate().getRevocationId())),
              false);

      assertThat(receipt.resumptions()).isEqualTo(1);
      assertThat(receipt.certificates()).isEqualTo(1);
      assertThat(list().entries())
          .anyMatch(entry ->
              entry instanceof RevocationEntry.Resumption resumption
                  && resumption.server().equals(WEB)
                  && resumption.authenticatedBefore().equals(receipt.since()));
      Grant again = agent.issue(RawAgent.itemOf(1000).build()).getGrant();
      assertThat(again.getResumptionKeys(0).getKey())
          .isNotEqualTo(grant.getResumptionKeys(0).getKey());
    }
  }

  @Test
  void bannedMachineIsKeptOutByTlsAndByEveryCall() {
    try (RawAgent agent = ca.attested("r2")) {
      agent.issue(RawAgent.itemOf(1000).build());
      revoke(new RevocationTarget.Machine(new MachineName("r2")), true);

      assertThatThrownBy(() -> agent.issue(RawAgent.itemOf(1000).build()))
          .isInstanceOf(io.grpc.StatusRuntimeException.class);
      assertThatThrownBy(() -> ca.attested("r2"))
          .satisfies(
              failure -> MachineApiTest.assertStatus(failure, Status.Code.PERMISSION_DENIED));
      assertThat(ca.bean(ResumptionKeys.class).handedTo(new MachineName("r2"))).isEmpty();
    }
  }

  @Test
  void onlySubjectsAndMachinesCanBeBanned() {
    assertThatThrownBy(() -> revoke(new RevocationTarget.Resumption(WEB), true))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  @Tag("abuse-26")
  void rootIsKeptWrappedOnlyAndErasedWhenItOpensNothingAnyMore() {
    JdbcClient jdbc = ca.bean(JdbcClient.class);
    jdbc.sql(
            """
            INSERT INTO resumption_root (period, wrapped, created_at)
            SELECT period - 2, wrapped, created_at FROM resumption_root\
            """)
        .update();

    ca.bean(ResumptionKeys.class).startPeriod();

    List<byte[]> kept =
        jdbc.sql("SELECT wrapped FROM resumption_root")
            .query((row, number) -> row.getBytes(1))
            .list();
    assertThat(kept).hasSize(1);
    // Format, nonce, 32 bytes sealed, tag: nothing that opens without the key-encryption key.
    assertThat(kept.getFirst()).hasSize(1 + 12 + 32 + 16);
  }

  private static RevocationReceipt revoke(RevocationTarget target, boolean ban) {
    return ca.bean(RevocationService.class)
        .revoke(new RevocationRequest(target, ban, ReasonCode.UNSPECIFIED, "test", "test"));
  }

  private static RevocationList list() {
    try {
      return RevocationList.open(
          ca.bean(RevocationLists.class).current().orElseThrow(),
          ca.bean(TrustDocuments.class).current().parsed());
    } catch (InvalidDocumentException e) {
      throw new AssertionError(e);
    }
  }
}
