package dev.alts.identity.document;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.protobuf.ByteString;
import dev.alts.identity.Bytes;
import dev.alts.identity.EntityKind;
import dev.alts.testing.TestAuthority;
import dev.alts.testing.TestDocuments;
import dev.alts.testing.TestKeys;
import dev.alts.testing.TestTrustDomain;
import dev.alts.wire.handshake.v1.AuthorityConstraint;
import dev.alts.wire.handshake.v1.RevocationEntry;
import dev.alts.wire.handshake.v1.RevokedAuthority;
import dev.alts.wire.handshake.v1.RevokedSubject;
import dev.alts.wire.handshake.v1.SignedDocument;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class DocumentTest {
  private static final Instant NOW = Instant.ofEpochSecond(1_900_000_000);

  private final TestTrustDomain domain = TestTrustDomain.of("example.org", NOW);
  private final RootFingerprint pin = new RootFingerprint(Bytes.copyOf(domain.rootSha256()));

  @Test
  void goodTrustDocumentIsReadCompletely() throws Exception {
    TrustDocument document = TrustDocument.open(domain.trustDocument(), pin);

    assertThat(document.trustDomain().name()).isEqualTo("example.org");
    assertThat(document.sequence()).isEqualTo(1);
    assertThat(document.issuedAt()).isEqualTo(NOW);
    assertThat(document.nextUpdate()).isEqualTo(NOW.plus(Duration.ofDays(1)));
    assertThat(document.authorities()).hasSize(3);
    assertThat(document.rootFingerprint()).isEqualTo(pin);
    assertThat(document.successorRootSpki()).isNull();
  }

  @Test
  void documentWrittenByUsIsReadBackTheSame() throws Exception {
    TrustDocument document =
        TrustDocument.open(
            domain.trustDocument(d ->
                d.setSuccessorRootSpki(key())
                    .addJwtKeysBuilder()
                    .setKeyId("k1")
                    .setSpki(key())
                    .setExpiresAt(5)
                    .setStateValue(2)),
            pin);
    KeyPair root = domain.root();

    SignedDocument signed =
        SignedDocuments.sign(
            DocumentType.TRUST_DOCUMENT,
            document.toWire().toByteArray(),
            root.getPrivate(),
            Bytes.copyOf(TestKeys.spki(root)));

    assertThat(TrustDocument.open(signed, pin)).isEqualTo(document);
  }

  @Test
  void documentOfAnotherRootThanThePinnedOneIsRefused() {
    TestTrustDomain impostor = TestTrustDomain.of("example.org", NOW);

    refused(() -> TrustDocument.open(impostor.trustDocument(), pin), "pinned");
  }

  @Test
  void documentThatNamesThePinnedRootButIsSignedByAnotherIsRefused() {
    TestTrustDomain impostor = TestTrustDomain.of("example.org", NOW);
    SignedDocument forged =
        impostor.trustDocument(
            d -> d.setRootSpki(ByteString.copyFrom(TestKeys.spki(domain.root()))));

    refused(() -> TrustDocument.open(forged, pin), "may not sign");
    refused(
        () ->
            TrustDocument.open(
                forged.toBuilder()
                    .setKeySpkiSha256(ByteString.copyFrom(domain.rootSha256()))
                    .build(),
                pin),
        "does not verify");
  }

  @Test
  @Tag("abuse-2")
  void noFlippedBitOfADocumentIsAccepted() {
    SignedDocument good = domain.trustDocument();
    byte[] body = good.getBody().toByteArray();
    for (int bit = 0; bit < 8 * body.length; bit += 7) {
      byte[] flipped = body.clone();
      flipped[bit / 8] ^= (byte) (1 << (bit % 8));
      assertThatExceptionOfType(InvalidDocumentException.class)
          .isThrownBy(() ->
              TrustDocument.open(
                  good.toBuilder().setBody(ByteString.copyFrom(flipped)).build(), pin));
    }
  }

  @Test
  @Tag("abuse-49")
  void unsignedOrEmptyDocumentIsRefused() {
    SignedDocument good = domain.trustDocument();

    refused(() -> TrustDocument.open(good.toBuilder().clearSignature().build(), pin), "verify");
    refused(() -> TrustDocument.open(good.toBuilder().clearBody().build(), pin), "pinned");
    refused(() -> TrustDocument.open(SignedDocument.getDefaultInstance(), pin), "pinned");
    refused(
        () -> TrustDocument.open(good.toBuilder().clearKeySpkiSha256().build(), pin), "may not");
  }

  @Test
  void signatureOverOneTypeIsNoneOverAnother() throws Exception {
    byte[] body = domain.trustDocument().getBody().toByteArray();
    SignedDocument asNaming = TestDocuments.sign(TestDocuments.NAMING_POLICY, body, domain.root());

    refused(() -> TrustDocument.open(asNaming, pin), "does not verify");
  }

  @Test
  @Tag("abuse-45")
  void sequenceNeverGoesBackAndStaysOnlyWithTheSameContent() throws Exception {
    TrustDocument second = TrustDocument.open(domain.trustDocument(d -> d.setSequence(2)), pin);

    assertThat(
            TrustDocument.openSuccessor(domain.trustDocument(d -> d.setSequence(3)), second)
                .sequence())
        .isEqualTo(3);
    assertThat(TrustDocument.openSuccessor(domain.trustDocument(d -> d.setSequence(2)), second))
        .isEqualTo(second);
    refused(() -> TrustDocument.openSuccessor(domain.trustDocument(), second), "above 2");
    refused(
        () ->
            TrustDocument.openSuccessor(
                domain.trustDocument(d -> d.setSequence(2).clearAuthorities()), second),
        "above 2");
  }

  @Test
  void onlyTheNamedSuccessorRootMayTakeOver() throws Exception {
    KeyPair next = TestKeys.p256();
    TrustDocument planned =
        TrustDocument.open(
            domain.trustDocument(
                d -> d.setSuccessorRootSpki(ByteString.copyFrom(TestKeys.spki(next)))),
            pin);
    TrustDocument unplanned = TrustDocument.open(domain.trustDocument(), pin);
    SignedDocument byNext = signedBy(next, d -> d.setSequence(2));

    TrustDocument taken = TrustDocument.openSuccessor(byNext, planned);

    assertThat(taken.rootFingerprint())
        .isEqualTo(RootFingerprint.of(Bytes.copyOf(TestKeys.spki(next))));
    refused(() -> TrustDocument.openSuccessor(byNext, unplanned), "named successor");
    refused(
        () -> TrustDocument.openSuccessor(domain.trustDocument(d -> d.setSequence(3)), taken),
        "named successor");
  }

  @Test
  @Tag("abuse-45")
  void successorOfAnotherTrustDomainIsRefused() throws Exception {
    TrustDocument first = TrustDocument.open(domain.trustDocument(), pin);
    SignedDocument other =
        domain.trustDocument(
            d -> d.setSequence(2).setTrustDomain("other.example").clearAuthorities());

    refused(() -> TrustDocument.openSuccessor(other, first), "expected: example.org");
  }

  @Test
  void malformedFieldsAreRefused() {
    bad(d -> d.setSequence(0), "sequence");
    bad(d -> d.setSequence(-1), "sequence");
    bad(d -> d.setTrustDomain("Example.org"), "trust domain");
    bad(d -> d.setNextUpdate(d.getIssuedAt()), "next update");
    bad(d -> d.setIssuedAt(-1), "time");
    bad(d -> d.setNextUpdate(Long.MAX_VALUE), "time");
    bad(d -> d.getAuthoritiesBuilder(0).setStateValue(0), "state");
    bad(d -> d.getAuthoritiesBuilder(0).setStateValue(9), "state");
    bad(d -> d.getAuthoritiesBuilder(0).clearCertificate(), "DER");
    bad(constraint(c -> c.addKindsValue(7)), "kind 7");
    bad(constraint(c -> c.addPathPrefixes("/a/")), "trailing slash");
    bad(constraint(c -> c.addPathPrefixes("a")), "leading slash");
  }

  @Test
  @Tag("abuse-45")
  void aKeyHasOnePurpose() {
    ByteString root = ByteString.copyFrom(TestKeys.spki(domain.root()));

    bad(d -> d.addRevocationKeys(d.getNamingKeys(0)), "one purpose");
    bad(d -> d.addNamingKeys(root), "one purpose");
    bad(d -> d.addAuditKeys(ByteString.EMPTY), "one purpose");
    bad(d -> d.addAuthorities(d.getAuthorities(0)), "one purpose");
    bad(d -> d.setSuccessorRootSpki(root), "one purpose");
  }

  @Test
  void listsAreBounded() {
    bad(
        d -> {
          for (int i = 0; i < 16; i++) {
            d.addAuditKeys(key());
          }
        },
        "17 audit keys");
  }

  @Test
  @Tag("abuse-45")
  void authorityThatNamesAnotherTrustDomainIsRefused() {
    TestAuthority other = TestAuthority.selfSigned("other", "other.example", NOW, r -> {});

    bad(d -> d.addAuthorities(TestTrustDomain.member(other)), "authority: URI");
  }

  @Test
  @Tag("abuse-11")
  void leafOrForeignSignedCertificateIsNoAuthority() {
    TestAuthority root = domain.authority(dev.alts.wire.handshake.v1.EntityKind.WORKLOAD);
    TestAuthority intermediate = root.intermediate("m", r -> {});
    ByteString leaf = ByteString.copyFrom(domain.master("/a").certificate());

    bad(d -> d.addAuthoritiesBuilder().setCertificate(leaf).setStateValue(2), "CA");
    bad(d -> d.addAuthorities(TestTrustDomain.member(intermediate)), "issued by itself");
    TestAuthority namesake =
        TestAuthority.selfSigned("x", "example.org", NOW, r -> {}).intermediate("x", r -> {});
    bad(d -> d.addAuthorities(TestTrustDomain.member(namesake)), "not signed by itself");
  }

  @Test
  void revocationListIsReadAndWrittenBackTheSame() throws Exception {
    TrustDocument trust = TrustDocument.open(domain.trustDocument(), pin);
    RevocationEntry subject = subject(domain.id("/a"));

    RevocationList list = RevocationList.open(domain.revocationList(7, subject), trust);

    assertThat(list.counter()).isEqualTo(7);
    assertThat(list.isFresh(NOW.plusSeconds(300))).isTrue();
    assertThat(list.isFresh(NOW.plusSeconds(301))).isFalse();
    assertThat(list.toWire().toByteString()).isEqualTo(domain.revocationList(7, subject).getBody());
  }

  @Test
  @Tag("abuse-27")
  void aRevocationListFreshForTheWiresLongestTimeIsWrittenAsItWasRead() throws Exception {
    RevocationList list = list(l -> l.setFreshForSeconds(-1));
    assertThat(list.freshFor().toSeconds()).isEqualTo(0xffff_ffffL);
    assertThat(list.toWire().getFreshForSeconds()).isEqualTo(-1);
  }

  @Test
  void listsAreOrderedByDocumentThenCounter() throws Exception {
    RevocationList first = list(l -> l.setCounter(9));

    assertThat(list(l -> l.setCounter(10)).isNewerThan(first)).isTrue();
    assertThat(list(l -> l.setTrustDocumentSequence(2)).isNewerThan(first)).isTrue();
    assertThat(first.isNewerThan(list(l -> l.setTrustDocumentSequence(2)))).isFalse();
    assertThat(first.isNewerThan(list(l -> l.setCounter(9)))).isFalse();
  }

  @Test
  @Tag("abuse-47")
  void listSignedByAnyOtherKeyOfTheDocumentIsRefused() throws Exception {
    TrustDocument trust = TrustDocument.open(domain.trustDocument(), pin);
    byte[] body = domain.revocationList(1).getBody().toByteArray();
    for (KeyPair key : List.of(domain.root(), domain.namingKey(), domain.auditKey())) {
      SignedDocument signed = TestDocuments.sign(TestDocuments.REVOCATION_LIST, body, key);
      refused(() -> RevocationList.open(signed, trust), "may not sign");
    }
  }

  @Test
  void listOfOrAboutAnotherTrustDomainIsRefused() {
    badList(l -> l.setTrustDomain("other.example"), "expected: example.org");
    badList(l -> l.addEntries(subject("spiffe://other.example/a")), "expected: of example.org");
  }

  @Test
  void entryThatIsNotUnderstoodMakesTheListInvalid() {
    badList(l -> l.addEntriesBuilder().setDropAfter(1), "unknown form");
    badList(l -> l.addEntries(subject("example.org/a")), "SPIFFE ID");
    badList(
        l -> l.addEntriesBuilder().setAuthority(RevokedAuthority.getDefaultInstance()), "32 bytes");
    badList(l -> l.setFreshForSeconds(0), "fresh-for");
    badList(l -> l.setCounter(0), "order");
  }

  @Test
  void revocationTimeIsRoundedUp() {
    var entry =
        new dev.alts.identity.document.RevocationEntry.Machine(
            "m-1", NOW.plusNanos(1), NOW.plusSeconds(100));
    RevocationList list =
        new RevocationList(
            new dev.alts.identity.TrustDomain("example.org"),
            1,
            1,
            NOW,
            Duration.ofMinutes(1),
            NOW.plusSeconds(60),
            List.of(entry));

    assertThat(list.toWire().getEntries(0).getMachine().getIssuedBefore())
        .isEqualTo(NOW.getEpochSecond() + 1);
  }

  @Test
  void constraintsKeepTheirMeaningOnTheWire() {
    var constraint =
        new dev.alts.identity.document.AuthorityConstraint(
            java.util.Set.of(EntityKind.HUMAN, EntityKind.MACHINE),
            List.of("", "/a/b"),
            List.of("", "dc1"));

    assertThat(dev.alts.identity.document.AuthorityConstraint.fromWire(constraint.toWire()))
        .isEqualTo(constraint);
  }

  private static ByteString key() {
    return ByteString.copyFrom(TestKeys.spki(TestKeys.p256()));
  }

  private static RevocationEntry subject(String id) {
    return RevocationEntry.newBuilder()
        .setSubject(RevokedSubject.newBuilder().setSpiffeId(id).setIssuedBefore(5))
        .setDropAfter(9)
        .build();
  }

  private static Consumer<dev.alts.wire.handshake.v1.TrustDocument.Builder> constraint(
      Consumer<AuthorityConstraint.Builder> knobs) {
    return document -> knobs.accept(document.getAuthoritiesBuilder(0).getConstraintBuilder());
  }

  private SignedDocument signedBy(
      KeyPair root, Consumer<dev.alts.wire.handshake.v1.TrustDocument.Builder> knobs)
      throws Exception {
    var body =
        dev.alts.wire.handshake.v1.TrustDocument.parseFrom(domain.trustDocument().getBody())
            .toBuilder()
            .setRootSpki(ByteString.copyFrom(TestKeys.spki(root)));
    knobs.accept(body);
    return TestDocuments.sign(TestDocuments.TRUST_DOCUMENT, body.build().toByteArray(), root);
  }

  private RevocationList list(Consumer<dev.alts.wire.handshake.v1.RevocationList.Builder> knobs)
      throws Exception {
    return RevocationList.open(
        domain.revocationList(knobs), TrustDocument.open(domain.trustDocument(), pin));
  }

  private void bad(
      Consumer<dev.alts.wire.handshake.v1.TrustDocument.Builder> knobs, String reason) {
    refused(() -> TrustDocument.open(domain.trustDocument(knobs), pin), reason);
  }

  private void badList(
      Consumer<dev.alts.wire.handshake.v1.RevocationList.Builder> knobs, String reason) {
    refused(() -> list(knobs), reason);
  }

  private static void refused(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String reason) {
    assertThatExceptionOfType(InvalidDocumentException.class)
        .isThrownBy(call)
        .withMessageContaining(reason);
  }
}
