package dev.alts.ca.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alts.ca.authority.OfflineRoot;
import dev.alts.ca.authority.TrustDocuments;
import dev.alts.ca.rotation.RootSuccession;
import dev.alts.ca.rotation.RotationOutcome;
import dev.alts.ca.rotation.RotationRequest;
import dev.alts.ca.rotation.RotationStep;
import dev.alts.ca.rotation.Rotations;
import dev.alts.identity.Bytes;
import dev.alts.identity.EntityKind;
import dev.alts.identity.document.AuthorityState;
import dev.alts.identity.document.DocumentType;
import dev.alts.identity.document.RootFingerprint;
import dev.alts.identity.document.SignedDocuments;
import dev.alts.testing.TestKeys;
import dev.alts.wire.handshake.v1.SignedDocument;
import java.security.KeyPair;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The CA rotates its authorities without its root's private key, by what that has signed ahead. */
class OfflineRootTest {
  private static final Set<EntityKind> ALL = EnumSet.allOf(EntityKind.class);

  private final KeyPair root = TestKeys.p256();
  private final Bytes spki = Bytes.copyOf(TestKeys.spki(root));
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
  void plannedRotationNeedsNoKeyOfTheRoot() {
    goOffline();

    assertThat(ca.count("SELECT count(*) FROM signing_key WHERE purpose = 'root'")).isZero();
    assertThat(ca.bean(TrustDocuments.class).rootFingerprint()).isEqualTo(RootFingerprint.of(spki));
    assertThat(take(RotationStep.PREPARE, ALL)).isInstanceOf(RotationOutcome.Done.class);
    assertThat(states()).contains(AuthorityState.PREPARED);
    assertThat(take(RotationStep.ACTIVATE, ALL)).isInstanceOf(RotationOutcome.Done.class);
    assertThat(take(RotationStep.TAINT, ALL)).isInstanceOf(RotationOutcome.Done.class);
    assertThat(take(RotationStep.REVOKE, ALL)).isInstanceOf(RotationOutcome.Done.class);
    assertThat(states()).hasSize(3).containsOnly(AuthorityState.ACTIVE);
    ca = ca.restart();
    assertThat(states()).hasSize(3).containsOnly(AuthorityState.ACTIVE);
  }

  @Test
  void stepThatNothingSignedSaysIsRefusedAndUndone() {
    goOffline();
    long sequence = ca.bean(TrustDocuments.class).current().parsed().sequence();

    RotationOutcome outcome = take(RotationStep.PREPARE, Set.of(EntityKind.WORKLOAD));

    assertThat(outcome)
        .isInstanceOfSatisfying(
            RotationOutcome.OutOfTurn.class,
            refused ->
                assertThat(refused.explanation())
                    .contains("has signed no trust document ahead")
                    .contains("export"));
    assertThat(states()).hasSize(3).containsOnly(AuthorityState.ACTIVE);
    assertThat(ca.bean(TrustDocuments.class).current().parsed().sequence()).isEqualTo(sequence);
    assertThat(ca.count("SELECT count(*) FROM issuing_authority WHERE state = 'PREPARED'"))
        .isZero();
  }

  @Test
  void successorWithoutSignedDocumentsIsNotActivated() {
    assertThat(ca.bean(RootSuccession.class).prepareOffline(spki, "test"))
        .isInstanceOf(RotationOutcome.Done.class);

    assertThat(ca.bean(RootSuccession.class).activate(true, "test"))
        .isInstanceOf(RotationOutcome.OutOfTurn.class);

    assertThat(ca.count("SELECT count(*) FROM signing_key WHERE purpose = 'root'")).isEqualTo(1);
    assertThat(ca.bean(TrustDocuments.class).rootFingerprint())
        .isNotEqualTo(RootFingerprint.of(spki));
  }

  @Test
  @Tag("abuse-45")
  void importTakesDocumentsOfThisRootAndNewerOnesOnly() {
    ca.bean(RootSuccession.class).prepareOffline(spki, "test");
    List<Bytes> bodies = export();
    KeyPair thief = TestKeys.p256();

    assertThatThrownBy(() -> importAll(bodies.stream().map(body -> sign(body, thief)).toList()))
        .isInstanceOf(IllegalArgumentException.class);
    SignedDocument flipped =
        sign(bodies.getFirst(), root).toBuilder()
            .setBody(sign(bodies.getLast(), root).getBody())
            .build();
    assertThatThrownBy(() -> importAll(List.of(sign(bodies.getFirst(), root), flipped)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(ca.count("SELECT count(*) FROM trust_document_ahead")).as("all or none").isZero();

    importAll(bodies.stream().map(body -> sign(body, root)).toList());
    ca.bean(RootSuccession.class).activate(true, "test");
    assertThatThrownBy(() -> importAll(List.of(sign(bodies.getFirst(), root))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("export again");
  }

  /** Counted before they are made: by the minute for a century they would fill the memory. */
  @Test
  void exportOfMoreDocumentsThanAnybodySignsIsRefusedAtOnce() {
    ca.bean(RootSuccession.class).prepareOffline(spki, "test");

    assertThatThrownBy(() ->
            ca.bean(OfflineRoot.class)
                .export(Duration.ofMinutes(2), Duration.ofDays(36_500), "test"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("52560000 documents");
    assertThat(ca.count("SELECT count(*) FROM issuing_authority WHERE state = 'PLANNED'")).isZero();
  }

  @Test
  void rootThatIsHereNeedsNoExport() {
    assertThatThrownBy(this::export)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("signs by itself");
  }

  private void goOffline() {
    assertThat(ca.bean(RootSuccession.class).prepareOffline(spki, "test"))
        .isInstanceOf(RotationOutcome.Done.class);
    importAll(export().stream().map(body -> sign(body, root)).toList());
    assertThat(ca.bean(RootSuccession.class).activate(true, "test"))
        .isInstanceOf(RotationOutcome.Done.class);
  }

  private List<Bytes> export() {
    return ca.bean(OfflineRoot.class)
        .export(Duration.ofDays(30), Duration.ofDays(60), "test")
        .bodies();
  }

  private void importAll(List<SignedDocument> documents) {
    var unused = ca.bean(OfflineRoot.class).importSigned(documents);
  }

  private static SignedDocument sign(Bytes body, KeyPair key) {
    return SignedDocuments.sign(
        DocumentType.TRUST_DOCUMENT,
        body.toByteArray(),
        key.getPrivate(),
        Bytes.copyOf(TestKeys.spki(key)));
  }

  private RotationOutcome take(RotationStep step, Set<EntityKind> kinds) {
    return ca.bean(Rotations.class).take(new RotationRequest(step, kinds, true, "test"));
  }

  private List<AuthorityState> states() {
    return ca.bean(TrustDocuments.class).current().parsed().authorities().stream()
        .map(member -> member.state())
        .toList();
  }
}
