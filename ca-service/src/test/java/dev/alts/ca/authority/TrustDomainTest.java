package dev.alts.ca.authority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alts.ca.audit.AuditChains;
import dev.alts.ca.configuration.StartRefusedException;
import dev.alts.ca.issuance.IssuedCertificate;
import dev.alts.ca.testing.CaCore;
import dev.alts.identity.EntityKind;
import dev.alts.identity.document.AuthorityState;
import dev.alts.identity.document.DocumentType;
import dev.alts.identity.document.IssuingAuthority;
import dev.alts.identity.document.TrustDocument;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class TrustDomainTest {
  @Test
  void firstDocumentNamesOneActiveAuthorityForEachKindAndIsSignedByThePinnedRoot()
      throws Exception {
    try (CaCore ca = CaCore.start()) {
      TrustDocuments documents = ca.bean(TrustDocuments.class);

      TrustDocument opened =
          TrustDocument.open(documents.current().signed(), documents.rootFingerprint());

      assertThat(opened).isEqualTo(documents.current().parsed());
      assertThat(opened.sequence()).isEqualTo(1);
      assertThat(opened.trustDomain()).isEqualTo(CaCore.DOMAIN);
      assertThat(opened.authorities())
          .hasSize(3)
          .allMatch(authority -> authority.state() == AuthorityState.ACTIVE)
          .flatExtracting(authority -> authority.constraint().kinds())
          .containsExactlyInAnyOrder(EntityKind.values());
      assertThat(opened.revocationKeys()).hasSize(1);
      assertThat(opened.namingKeys()).hasSize(1);
      assertThat(opened.auditKeys()).hasSize(1);
    }
  }

  @Test
  void restartKeepsRootAuthoritiesAndDocument() {
    CaCore before = CaCore.start();
    PublishedTrustDocument document = before.bean(TrustDocuments.class).current();
    before.close();

    try (CaCore after = CaCore.start(before.home(), before.database())) {
      assertThat(after.bean(TrustDocuments.class).current()).isEqualTo(document);
    }
  }

  @Test
  void documentIsSignedAnewWhenHalfOfItsLifeIsOver() throws Exception {
    CaCore before = CaCore.start();
    TrustDocument first = before.bean(TrustDocuments.class).current().parsed();
    before.close();

    try (CaCore after =
        CaCore.start(before.home(), before.database(), "alts.ca.lifetimes.trust-document=10s")) {
      TrustDomainKeeper keeper = after.bean(TrustDomainKeeper.class);
      List<Long> announced = new ArrayList<>();
      TrustDocuments.Subscription subscription =
          keeper.onChange(document -> announced.add(document.parsed().sequence()));
      after.bean(AuthorityRotation.class).prepare(Set.of(EntityKind.HUMAN), "test");
      TrustDocument shortLived = keeper.current().parsed();
      awaitSequenceAbove(keeper, shortLived.sequence());
      subscription.close();

      TrustDocument next = keeper.current().parsed();
      assertThat(next.sequence()).isGreaterThan(shortLived.sequence());
      assertThat(TrustDocument.openSuccessor(keeper.current().signed(), first)).isEqualTo(next);
      assertThat(announced).isSorted().contains(shortLived.sequence(), next.sequence());
    }
  }

  @Test
  void authorityIsPreparedActivatedTaintedAndRevoked() {
    try (CaCore ca = CaCore.start()) {
      AuthorityRotation rotation = ca.bean(AuthorityRotation.class);
      IssuingAuthorities authorities = ca.bean(IssuingAuthorities.class);
      UUID first = authorities.current(EntityKind.WORKLOAD).id();

      rotation.prepare(Set.of(EntityKind.WORKLOAD), "test");
      assertThat(states(ca)).containsExactly("ACTIVE", "ACTIVE", "ACTIVE", "PREPARED");
      assertThat(authorities.current(EntityKind.WORKLOAD).id()).isEqualTo(first);
      assertThatThrownBy(() -> rotation.prepare(Set.of(EntityKind.WORKLOAD), "test"))
          .isInstanceOf(IllegalStateException.class);

      rotation.activate(Set.of(EntityKind.WORKLOAD), "test");
      assertThat(states(ca)).containsExactly("ACTIVE", "ACTIVE", "ACTIVE", "RETIRED");
      UUID second = authorities.current(EntityKind.WORKLOAD).id();
      assertThat(second).isNotEqualTo(first);
      IssuedCertificate issued = ca.issueWorkload("/web");
      assertThat(issued.der()).isNotNull();
      assertThatThrownBy(() -> rotation.revoke(List.of(first), "test"))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("expected: TAINTED");
      assertThatThrownBy(() -> rotation.taint(List.of(second), "test"))
          .as("what signs is not tainted: activate another first")
          .isInstanceOf(IllegalStateException.class);

      rotation.taint(List.of(first), "test");
      assertThat(states(ca)).containsExactly("ACTIVE", "ACTIVE", "ACTIVE", "TAINTED");
      rotation.revoke(List.of(first), "test");
      assertThat(states(ca)).containsExactly("ACTIVE", "ACTIVE", "ACTIVE");
      assertThat(authorities.find(first)).isEmpty();
      assertThat(ca.bean(TrustDocuments.class).current().parsed().sequence()).isEqualTo(5);
      assertThat(ca.bean(AuditChains.class).findings()).isEmpty();
    }
  }

  @Test
  void documentSignerSignsNeitherTrustDocumentsNorHandshakeCertificates() {
    try (CaCore ca = CaCore.start()) {
      DocumentSigner signer = ca.bean(DocumentSigner.class);

      assertThat(signer.sign(DocumentType.REVOCATION_LIST, new byte[] {1}).getSignature())
          .isNotEmpty();
      assertThatThrownBy(() -> signer.sign(DocumentType.TRUST_DOCUMENT, new byte[] {1}))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> signer.sign(DocumentType.HANDSHAKE_CERTIFICATE, new byte[] {1}))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void missingOrWrongKeyEncryptionKeyStopsTheStartWithASentence() throws Exception {
    CaCore before = CaCore.start();
    before.close();
    Path key = before.home().resolve("kek/key-encryption-key");
    String right = Files.readString(key);

    Files.delete(key);
    assertThatThrownBy(() -> CaCore.start(before.home(), before.database()))
        .rootCause()
        .isInstanceOf(StartRefusedException.class)
        .hasMessageContaining("is missing");

    Files.writeString(key, "00".repeat(32));
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
    assertThatThrownBy(() -> CaCore.start(before.home(), before.database()))
        .hasStackTraceContaining("is not the one under which the keys in the database");

    Files.writeString(key, right);
    CaCore.start(before.home(), before.database()).close();
  }

  @Test
  void databaseOfAnotherTrustDomainStopsTheStart() {
    CaCore before = CaCore.start();
    before.close();

    assertThatThrownBy(
            () -> CaCore.start(before.home(), before.database(), "alts.ca.trust-domain=other.alts"))
        .rootCause()
        .isInstanceOf(StartRefusedException.class)
        .hasMessageContaining("belongs to the trust domain test.alts");
  }

  @Test
  void noPrivateKeyIsInTheDatabaseInClear() {
    try (CaCore ca = CaCore.start()) {
      // A PKCS#8 key of P-256 holds its curve's object identifier.
      Integer clear =
          ca.jdbc()
              .queryForObject(
                  """
                  select count(*) from signing_key
                  where position('\\x2a8648ce3d030107'::bytea in wrapped_private) > 0
                  """,
                  Integer.class);

      assertThat(clear).isZero();
    }
  }

  private static List<String> states(CaCore ca) {
    return ca.bean(TrustDocuments.class).current().parsed().authorities().stream()
        .map(IssuingAuthority::state)
        .map(AuthorityState::name)
        .sorted()
        .toList();
  }

  private static void awaitSequenceAbove(TrustDomainKeeper keeper, long sequence) {
    long deadline = System.nanoTime() + 30_000_000_000L;
    while (keeper.current().parsed().sequence() <= sequence) {
      assertThat(System.nanoTime()).as("signed in time").isLessThan(deadline);
      keeper.refresh();
      LockSupport.parkNanos(100_000_000);
    }
  }
}
