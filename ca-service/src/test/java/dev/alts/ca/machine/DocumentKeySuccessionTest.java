package dev.alts.ca.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alts.api.machine.v1.AcknowledgeRequest;
import dev.alts.api.machine.v1.MachineGrpc;
import dev.alts.ca.audit.AuditChains;
import dev.alts.ca.authority.DocumentKeyState;
import dev.alts.ca.authority.DocumentKeyStatus;
import dev.alts.ca.authority.DocumentSigner;
import dev.alts.ca.authority.TrustDocuments;
import dev.alts.ca.naming.NamingPolicies;
import dev.alts.ca.rotation.DocumentKeySuccession;
import dev.alts.ca.rotation.Obstacle;
import dev.alts.ca.rotation.RotationOutcome;
import dev.alts.identity.Bytes;
import dev.alts.identity.crypto.Sha256;
import dev.alts.identity.document.DocumentType;
import dev.alts.identity.document.TrustDocument;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Keys for lists, policies and checkpoints are replaced, and nobody misses one step. */
class DocumentKeySuccessionTest {
  private MachineCa ca;

  @BeforeEach
  void start() {
    ca = MachineCa.start("alts.ca.rotation.drain=0s");
  }

  @AfterEach
  void stop() {
    ca.close();
  }

  @Test
  void preparedKeyIsPublishedThenSignsAndTheFormerOneIsErasedLast() {
    Bytes before = signs(DocumentType.NAMING_POLICY);
    RawAgent agent = ca.attested("m-1");
    assertThat(keys().activate(true, "test")).isInstanceOf(RotationOutcome.OutOfTurn.class);
    assertThat(keys().retire(true, "test")).isInstanceOf(RotationOutcome.OutOfTurn.class);

    assertThat(keys().prepare("test")).isInstanceOf(RotationOutcome.Done.class);
    assertThat(keys().prepare("test")).isInstanceOf(RotationOutcome.OutOfTurn.class);
    assertThat(document().namingKeys()).hasSize(2);
    assertThat(signs(DocumentType.NAMING_POLICY)).isEqualTo(before);
    assertHinderedBy("m-1", keys().activate(false, "test"));

    acknowledge(agent);
    assertThat(keys().activate(false, "test")).isInstanceOf(RotationOutcome.Done.class);
    assertThat(signs(DocumentType.NAMING_POLICY)).isNotEqualTo(before);
    assertThat(document().namingKeys()).hasSize(2);
    assertThat(keys().prepare("test")).isInstanceOf(RotationOutcome.OutOfTurn.class);
    assertHinderedBy("m-1", keys().retire(false, "test"));

    acknowledge(agent);
    assertThat(keys().retire(false, "test")).isInstanceOf(RotationOutcome.Done.class);
    assertThat(keys().list())
        .hasSize(3)
        .extracting(DocumentKeyStatus::state)
        .containsOnly(DocumentKeyState.SIGNING);
    assertThat(
            ca.count(
                "SELECT count(*) FROM signing_key WHERE purpose IN ('revocation', 'naming', 'audit')"))
        .isEqualTo(3);
    assertThat(document().namingKeys())
        .extracting(Sha256::of)
        .containsExactly(signs(DocumentType.NAMING_POLICY));
    assertThat(ca.bean(NamingPolicies.class).current()).isPresent();
    assertThat(ca.bean(AuditChains.class).findings()).isEmpty();
  }

  @Test
  void restartGoesOnInTheMiddle() {
    keys().prepare("test");
    ca = ca.restart();
    assertThat(keys().activate(true, "test")).isInstanceOf(RotationOutcome.Done.class);
    Bytes now = signs(DocumentType.REVOCATION_LIST);
    ca = ca.restart();
    assertThat(signs(DocumentType.REVOCATION_LIST)).isEqualTo(now);
    assertThat(keys().retire(true, "test")).isInstanceOf(RotationOutcome.Done.class);
    ca = ca.restart();
    assertThat(signs(DocumentType.REVOCATION_LIST)).isEqualTo(now);
    assertThat(document().revocationKeys()).hasSize(1);
  }

  private static void assertHinderedBy(String holder, RotationOutcome outcome) {
    assertThat(outcome)
        .isInstanceOfSatisfying(
            RotationOutcome.Hindered.class,
            hindered ->
                assertThat(hindered.obstacles())
                    .extracting(Obstacle::holder)
                    .isEqualTo(List.of(holder)));
  }

  private void acknowledge(RawAgent agent) {
    var unused =
        MachineGrpc.newBlockingStub(agent.channel())
            .acknowledge(
                AcknowledgeRequest.newBuilder()
                    .setTrustDocumentSequence(document().sequence())
                    .build());
  }

  private Bytes signs(DocumentType type) {
    return ca.bean(DocumentSigner.class).keySpkiSha256(type);
  }

  private TrustDocument document() {
    return ca.bean(TrustDocuments.class).current().parsed();
  }

  private DocumentKeySuccession keys() {
    return ca.bean(DocumentKeySuccession.class);
  }
}
