package dev.alts.ca.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alts.api.machine.v1.AcknowledgeRequest;
import dev.alts.api.machine.v1.GetTrustDocumentRequest;
import dev.alts.api.machine.v1.GetTrustDocumentResponse;
import dev.alts.api.machine.v1.MachineGrpc;
import dev.alts.api.machine.v1.Topic;
import dev.alts.api.machine.v1.WatchResponse;
import dev.alts.ca.audit.AuditChains;
import dev.alts.ca.authority.PublishedTrustDocument;
import dev.alts.ca.authority.TrustDocuments;
import dev.alts.ca.rotation.Obstacle;
import dev.alts.ca.rotation.RootSuccession;
import dev.alts.ca.rotation.RotationOutcome;
import dev.alts.identity.document.RootFingerprint;
import dev.alts.identity.document.Succession;
import dev.alts.identity.document.TrustDocument;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The root is replaced, and whoever holds a document of an earlier one comes to the newest. */
class RootSuccessionTest {
  private MachineCa ca;

  @BeforeEach
  void start() {
    ca = MachineCa.start();
  }

  @AfterEach
  void stop() {
    ca.close();
  }

  @Test
  void successorSignsOnceEveryAgentKnowsItAndTheOldKeyIsErased() {
    RootFingerprint first = root();
    RawAgent agent = ca.attested("m-1");
    assertThat(activate(false)).isInstanceOf(RotationOutcome.OutOfTurn.class);

    assertThat(prepare()).isInstanceOf(RotationOutcome.Done.class);
    assertThat(root()).isEqualTo(first);
    assertThat(prepare()).isInstanceOf(RotationOutcome.OutOfTurn.class);
    assertThat(((RotationOutcome.Hindered) activate(false)).obstacles())
        .extracting(Obstacle::holder)
        .containsExactly("m-1");

    var unused =
        MachineGrpc.newBlockingStub(agent.channel())
            .acknowledge(
                AcknowledgeRequest.newBuilder()
                    .setTrustDocumentSequence(published().parsed().sequence())
                    .build());
    assertThat(activate(false)).isInstanceOf(RotationOutcome.Done.class);
    assertThat(root()).isNotEqualTo(first);
    assertThat(ca.count("SELECT count(*) FROM signing_key WHERE purpose = 'root'")).isEqualTo(1);
    assertThat(ca.bean(AuditChains.class).findings()).isEmpty();
  }

  @Test
  void documentsOfEveryEarlierRootLeadToTheNewestOne() throws Exception {
    PublishedTrustDocument first = published();
    RootFingerprint firstRoot = root();
    for (int i = 0; i < 3; i++) {
      prepare();
      activate(true);
    }

    GetTrustDocumentResponse answer =
        MachineGrpc.newBlockingStub(ca.agent().stranger())
            .getTrustDocument(GetTrustDocumentRequest.getDefaultInstance());

    assertThat(answer.getBridgesCount()).isEqualTo(3);
    TrustDocument held = TrustDocument.open(first.signed(), firstRoot);
    assertThat(Succession.follow(held, answer.getBridgesList(), answer.getTrustDocument()))
        .isEqualTo(published().parsed());
    assertThat(Succession.begin(firstRoot, answer.getBridgesList(), answer.getTrustDocument()))
        .isEqualTo(published().parsed());
  }

  @Test
  void pushCarriesTheBridgesAndARestartKeepsTheRoot() throws Exception {
    TrustDocument held = published().parsed();
    prepare();
    activate(true);
    RootFingerprint after = root();

    ca = ca.restart();

    assertThat(root()).isEqualTo(after);
    try (RawAgent agent = ca.attested("m-1");
        RawWatch watch = RawWatch.open(agent)) {
      WatchResponse push = watch.until(response -> response.getTopic() == Topic.TRUST_DOCUMENT);
      assertThat(Succession.follow(held, push.getBridgesList(), push.getTrustDocument()))
          .isEqualTo(published().parsed());
    }
  }

  private RotationOutcome prepare() {
    return ca.bean(RootSuccession.class).prepare("test");
  }

  private RotationOutcome activate(boolean force) {
    return ca.bean(RootSuccession.class).activate(force, "test");
  }

  private PublishedTrustDocument published() {
    return ca.bean(TrustDocuments.class).current();
  }

  private RootFingerprint root() {
    return published().parsed().rootFingerprint();
  }
}
