package dev.alts.identity.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import dev.alts.identity.Bytes;
import dev.alts.identity.EntityKind;
import dev.alts.identity.RevocationId;
import dev.alts.identity.SpiffeId;
import dev.alts.identity.document.AuthorityConstraint;
import dev.alts.identity.verify.PeerRejectedException.Reason;
import dev.alts.testing.CertificateRequest;
import dev.alts.testing.TestAttributes;
import dev.alts.testing.TestAuthority;
import dev.alts.testing.TestKeys;
import dev.alts.testing.TestSvid;
import dev.alts.testing.TestTrustDomain;
import dev.alts.wire.handshake.v1.Credential;
import dev.alts.wire.handshake.v1.SignedHandshakeCertificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class PeerVerifierTest {
  private static final Instant NOW = Instant.ofEpochSecond(1_900_000_000);
  private static final byte[] X25519 = new byte[32];

  private final TestTrustDomain domain = TestTrustDomain.of("example.org", NOW);
  private final VerificationContext context = Trust.own(domain);
  private final PeerVerifier verifier = new PeerVerifier();

  @Test
  void goodPeerIsReportedWithAllThatItsCertificateStates() throws Exception {
    TestAttributes attributes =
        new TestAttributes(2, "dc1", "m-17", 0x0200_0000_0000_03e9L, NOW.minusSeconds(5), true);
    TestSvid master = domain.svid("/shop/web", attributes, request -> {});

    VerifiedPeer peer =
        verifier.verify(context, domain.credential(master, X25519), PeerRole.CLIENT, NOW);

    assertThat(peer.facts())
        .isEqualTo(
            new PeerFacts(
                SpiffeId.parse("spiffe://example.org/shop/web"),
                EntityKind.WORKLOAD,
                "dc1",
                "m-17",
                RevocationId.of(2, 1001),
                NOW.minusSeconds(5),
                List.of(
                    Bytes.copyOf(
                        domain
                            .authority(dev.alts.wire.handshake.v1.EntityKind.WORKLOAD)
                            .spkiSha256())),
                NOW.plus(Duration.ofHours(24))));
    assertThat(peer.x25519PublicKey()).isEqualTo(Bytes.copyOf(X25519));
    assertThat(peer.handshakeNotAfter()).isEqualTo(NOW.plusSeconds(3000));
  }

  @Test
  void everyKindIsAcceptedUnderItsPath() throws Exception {
    for (String path : List.of("/machine/m-1", "/human/ann", "/ca", "/a")) {
      assertThat(verify(domain.master(path)).facts().spiffeId().path()).isEqualTo(path);
    }
  }

  @Test
  @Tag("abuse-36")
  void certificateOfAnotherTrustDomainIsUnknown() {
    TestTrustDomain stranger = TestTrustDomain.of("stranger.example", NOW);

    assertThat(rejection(stranger.credential(stranger.master("/a"), X25519)))
        .isEqualTo(Reason.UNKNOWN_TRUST_DOMAIN);
  }

  @Test
  @Tag("abuse-36")
  void trustDomainThatNamesNoAuthorityTrustsNobody() {
    VerificationContext nobody =
        VerificationContext.ofOwn(
            Trust.domain(domain, domain.trustDocument(wire -> wire.clearAuthorities()), null));

    for (String path : List.of("/machine/m-1", "/human/ann", "/ca", "/a")) {
      assertThat(rejection(nobody, domain.credential(domain.master(path), X25519), NOW))
          .as(path)
          .isEqualTo(Reason.UNTRUSTED);
    }
  }

  @Test
  void foreignAuthorityWithOurNameIsUntrusted() {
    TestTrustDomain impostor = TestTrustDomain.of("example.org", NOW);

    assertThat(rejection(impostor.credential(impostor.master("/a"), X25519)))
        .isEqualTo(Reason.UNTRUSTED);
  }

  @Test
  @Tag("abuse-45")
  void federatedDomainCannotSignForOurDomain() {
    TestTrustDomain partner = TestTrustDomain.of("partner.example", NOW);
    VerificationContext federated =
        Trust.federated(domain, Trust.domain(partner), AuthorityConstraint.none());
    TestSvid forged =
        partner
            .authority(dev.alts.wire.handshake.v1.EntityKind.WORKLOAD)
            .issue(
                "spiffe://example.org/a", request -> request.attributes(domain.attributes("/a")));

    assertThat(rejection(federated, domain.credential(forged, X25519), NOW))
        .isEqualTo(Reason.UNTRUSTED);
  }

  @Test
  void authorityIsLookedUpByKeyIdentifierAndThenNoOtherIsTried() {
    assertThat(rejection("/a", request -> request.authorityKeyIdentifier(new byte[20])))
        .isEqualTo(Reason.UNTRUSTED);
  }

  @Test
  void withoutKeyIdentifierEachAuthorityIsTriedInTurn() throws Exception {
    TestSvid master =
        domain.svid("/a", domain.attributes("/a"), request -> request.noAuthorityKeyIdentifier());

    assertThat(verify(master).facts().kind()).isEqualTo(EntityKind.WORKLOAD);
  }

  @Test
  void issuerNameMustChainEvenIfTheKeyFits() {
    assertThat(rejection("/a", request -> request.issuer("CN=somebody else")))
        .isEqualTo(Reason.UNTRUSTED);
  }

  @Test
  void validityIsExactToTheSecondWithSkewOfSixty() throws Exception {
    Instant from = NOW.minusSeconds(600);
    Instant to = NOW.plusSeconds(600);
    TestSvid master =
        domain.svid("/a", domain.attributes("/a"), request -> request.validity(from, to));
    Credential atStart =
        domain.credential(
            master,
            X25519,
            body ->
                body.setNotBefore(from.getEpochSecond())
                    .setNotAfter(from.plusSeconds(1200).getEpochSecond()));

    assertThat(at(atStart, from)).isEqualTo("accepted");
    assertThat(at(atStart, from.minusSeconds(60))).isEqualTo("accepted");
    assertThat(at(atStart, from.minusSeconds(61))).isEqualTo("NOT_YET_VALID");
    assertThat(at(atStart, from.minusSeconds(60).minusNanos(1))).isEqualTo("NOT_YET_VALID");
    assertThat(at(atStart, to)).isEqualTo("accepted");
    assertThat(at(atStart, to.plusSeconds(60))).isEqualTo("accepted");
    assertThat(at(atStart, to.plusSeconds(60).plusNanos(999_999_999))).isEqualTo("accepted");
    assertThat(at(atStart, to.plusSeconds(61))).isEqualTo("EXPIRED");
  }

  @Test
  void authoritysOwnEndCountsLikeAnyOther() {
    TestAuthority ended =
        TestAuthority.selfSigned(
            "ended",
            "example.org",
            NOW,
            request -> request.ca(0).validity(NOW.minusSeconds(600), NOW.minusSeconds(61)));
    TestSvid master =
        ended.issue(
            domain.id("/a"),
            r ->
                r.attributes(domain.attributes("/a"))
                    .validity(NOW.minusSeconds(600), NOW.plusSeconds(6000)));
    VerificationContext trusting =
        VerificationContext.ofOwn(
            Trust.domain(
                domain,
                domain.trustDocument(d -> d.addAuthorities(TestTrustDomain.member(ended))),
                null));

    assertThat(rejection(trusting, domain.credential(master, X25519), NOW))
        .isEqualTo(Reason.EXPIRED);
    assertThat(rejectionOrNull(trusting, domain.credential(master, X25519), NOW.minusSeconds(1)))
        .isNull();
  }

  @Test
  void kindAndPathThatDisagreeAreRefused() {
    for (String path : List.of("/machine/m-1", "/a", "/human/ann", "/ca")) {
      int right = domain.attributes(path).kind();
      for (int wrong : List.of(1, 2, 3)) {
        if (wrong != right) {
          TestSvid master =
              domain.svid(path, domain.attributes(path).withKind(wrong), request -> {});
          assertThat(rejection(domain.credential(master, X25519)))
              .isEqualTo(Reason.KIND_AND_PATH_DISAGREE);
        }
      }
    }
  }

  @Test
  void reservedPathsBelongToNobody() {
    for (String path : List.of("/machine", "/human", "/ca/x")) {
      assertThat(rejection(domain.credential(domain.master(path), X25519)))
          .isEqualTo(Reason.KIND_AND_PATH_DISAGREE);
    }
  }

  @Test
  void certificateWithoutAttributesIsNoneOfOurs() {
    TestSvid master = domain.svid("/a", domain.attributes("/a"), r -> r.attributes(null));

    assertThat(rejection(domain.credential(master, X25519))).isEqualTo(Reason.PROFILE);
  }

  @Test
  void masterWithoutMayDelegateIsNoMaster() {
    assertThat(rejection(domain.credential(domain.tls("/a"), X25519)))
        .isEqualTo(Reason.NOT_A_MASTER);
  }

  @Test
  void criticalAttributesAreRefused() {
    assertThat(rejection("/a", request -> request.attributesCritical())).isEqualTo(Reason.PROFILE);
  }

  @Test
  void twoUrisAreRefused() {
    assertThat(rejection("/a", request -> request.uri("spiffe://example.org/b")))
        .isEqualTo(Reason.PROFILE);
  }

  @Test
  void noUriIsRefused() {
    assertThat(rejection("/a", request -> request.noNames().subject("CN=a")))
        .isEqualTo(Reason.PROFILE);
    assertThat(rejection("/a", request -> request.noNames().dnsName("a.example.org")))
        .isEqualTo(Reason.PROFILE);
  }

  @Test
  void trustDomainWithoutPathIsNoLeaf() {
    assertThat(rejection("/a", request -> request.noNames().uri("spiffe://example.org")))
        .isEqualTo(Reason.PROFILE);
  }

  @Test
  void otherSpellingsOfAnIdAreRefused() {
    for (String uri :
        List.of(
            "SPIFFE://example.org/a",
            "spiffe://Example.org/a",
            "spiffe://example.org/a/",
            "spiffe://example.org//a",
            "spiffe://example.org/../a",
            "spiffe://example.org/%61",
            "spiffe://example.org:443/a",
            "https://example.org/a")) {
      assertThat(rejection("/a", request -> request.noNames().uri(uri))).isEqualTo(Reason.PROFILE);
    }
  }

  @Test
  @Tag("abuse-11")
  void authorityIsNoLeaf() {
    assertThat(rejection("/a", request -> request.claimsToBeCa())).isEqualTo(Reason.PROFILE);
  }

  @Test
  @Tag("abuse-11")
  void leafThatMaySignCertificatesOrListsIsRefused() {
    assertThat(rejection("/a", r -> r.keyUsage(KeyUsage.digitalSignature | KeyUsage.keyCertSign)))
        .isEqualTo(Reason.PROFILE);
    assertThat(rejection("/a", r -> r.keyUsage(KeyUsage.digitalSignature | KeyUsage.cRLSign)))
        .isEqualTo(Reason.PROFILE);
  }

  @Test
  void keyUsageMustBeThereCriticalAndForSignatures() {
    assertThat(rejection("/a", r -> r.keyUsage(0))).isEqualTo(Reason.PROFILE);
    assertThat(rejection("/a", r -> r.keyUsageNotCritical())).isEqualTo(Reason.PROFILE);
    assertThat(rejection("/a", r -> r.keyUsage(KeyUsage.keyAgreement))).isEqualTo(Reason.PROFILE);
  }

  @Test
  void extendedKeyUsageMayBeAbsentButNotHalf() {
    assertThat(rejection("/a", r -> r.purposes("1.3.6.1.5.5.7.3.1"))).isEqualTo(Reason.PROFILE);
    assertThat(rejection("/a", r -> r.purposes("1.3.6.1.5.5.7.3.2"))).isEqualTo(Reason.PROFILE);
    assertThat(rejectionOrNull("/a", r -> r.purposes())).isNull();
  }

  @Test
  void emptySubjectNeedsCriticalNames() {
    // The JDK's parser refuses it before our profile does.
    assertThat(rejection("/a", r -> r.sanCritical(false))).isEqualTo(Reason.MALFORMED);
    assertThat(rejectionOrNull("/a", r -> r.sanCritical(false).subject("CN=a"))).isNull();
  }

  @Test
  void unknownCriticalExtensionIsRefusedAndAnUnknownOtherIsNot() {
    byte[] value = {5, 0};
    assertThat(rejection("/a", r -> r.extension("1.2.3.4", true, value)))
        .isEqualTo(Reason.UNTRUSTED);
    assertThat(rejectionOrNull("/a", r -> r.extension("1.2.3.4", false, value))).isNull();
  }

  @Test
  void version1IsRefused() {
    assertThat(rejection("/a", r -> r.version1())).isEqualTo(Reason.MALFORMED);
  }

  @Test
  @Tag("abuse-13")
  void masterKeyIsP256AndNothingElse() {
    for (var pair : List.of(TestKeys.ec("secp384r1"), TestKeys.p256())) {
      TestSvid master = domain.svid("/a", domain.attributes("/a"), r -> r.keyPair(pair));
      Reason expected = pair.getPublic().getEncoded().length == 91 ? null : Reason.NOT_A_MASTER;
      assertThat(rejectionOrNull(context, domain.credential(master, X25519), NOW))
          .isEqualTo(expected);
    }
    assertThat(rejection("/a", r -> r.keyPair(TestKeys.ec("secp256k1"))))
        .isEqualTo(Reason.UNTRUSTED);
  }

  @Test
  void weakSignatureOfTheAuthorityIsRefused() {
    assertThat(rejection("/a", r -> r.signatureAlgorithm("SHA1withECDSA")))
        .isEqualTo(Reason.UNTRUSTED);
  }

  @Test
  @Tag("abuse-31")
  void chainOfOurOwnDomainIsExactlyOneCertificate() {
    Credential good = domain.credential(domain.master("/a"), X25519);
    ByteString authority =
        ByteString.copyFrom(
            domain.authority(dev.alts.wire.handshake.v1.EntityKind.WORKLOAD).certificate());

    assertThat(rejection(good.toBuilder().addChain(authority).build())).isEqualTo(Reason.MALFORMED);
    assertThat(rejection(good.toBuilder().clearChain().build())).isEqualTo(Reason.MALFORMED);
  }

  @Test
  @Tag("abuse-31")
  void chainsThatAreTooLongAreRefusedBeforeAnythingIsParsed() {
    ByteString junk = ByteString.copyFrom(new byte[100]);
    Credential five =
        Credential.newBuilder().addAllChain(List.of(junk, junk, junk, junk, junk)).build();
    Credential large =
        Credential.newBuilder().addChain(ByteString.copyFrom(new byte[16 * 1024 + 1])).build();

    assertThat(rejection(five)).isEqualTo(Reason.MALFORMED);
    assertThat(rejection(large)).isEqualTo(Reason.MALFORMED);
  }

  @Test
  @Tag("abuse-27")
  void truncatedCertificateIsMalformedAtEveryByte() {
    Credential good = domain.credential(domain.master("/a"), X25519);
    ByteString der = good.getChain(0);
    for (int length = 0; length < der.size(); length++) {
      Credential cut = good.toBuilder().setChain(0, der.substring(0, length)).build();
      assertThat(rejection(cut)).isEqualTo(Reason.MALFORMED);
    }
    assertThat(
            rejection(good.toBuilder().setChain(0, der.concat(ByteString.fromHex("00"))).build()))
        .isEqualTo(Reason.MALFORMED);
  }

  @Test
  void noFlippedBitOfTheMasterIsAccepted() {
    Credential good = domain.credential(domain.master("/a"), X25519);
    byte[] der = good.getChain(0).toByteArray();
    for (int bit = 0; bit < 8 * der.length; bit++) {
      byte[] flipped = der.clone();
      flipped[bit / 8] ^= (byte) (1 << (bit % 8));
      Credential bad = good.toBuilder().setChain(0, ByteString.copyFrom(flipped)).build();
      assertThat(rejectionOrNull(context, bad, NOW)).as("bit %d", bit).isNotNull();
    }
  }

  @Test
  void noFlippedBitOfTheHandshakeCertificateIsAccepted() throws Exception {
    Credential good = domain.credential(domain.master("/a"), X25519);
    byte[] encoded = good.getHandshakeCertificate().toByteArray();
    for (int bit = 0; bit < 8 * encoded.length; bit++) {
      byte[] flipped = encoded.clone();
      flipped[bit / 8] ^= (byte) (1 << (bit % 8));
      Credential bad =
          good.toBuilder().setHandshakeCertificate(ByteString.copyFrom(flipped)).build();
      assertThat(rejectionOrNull(context, bad, NOW)).as("bit %d", bit).isNotNull();
    }
  }

  @Test
  @Tag("abuse-49")
  void emptyHandshakeCertificateOrSignatureIsRefused() throws Exception {
    Credential good = domain.credential(domain.master("/a"), X25519);
    ByteString unsigned =
        SignedHandshakeCertificate.parseFrom(good.getHandshakeCertificate()).toBuilder()
            .clearSignature()
            .build()
            .toByteString();

    assertThat(rejection(good.toBuilder().clearHandshakeCertificate().build()))
        .isEqualTo(Reason.MALFORMED);
    assertThat(rejection(good.toBuilder().setHandshakeCertificate(unsigned).build()))
        .isEqualTo(Reason.BAD_SIGNATURE);
  }

  @Test
  @Tag("abuse-32")
  void certificateOfOneMasterIsNotBoundToAnother() {
    TestSvid ours = domain.master("/a");
    TestSvid other = domain.master("/a");
    Credential mixed =
        domain.credential(ours, X25519).toBuilder()
            .setChain(0, ByteString.copyFrom(other.certificate()))
            .build();

    assertThat(rejection(mixed)).isEqualTo(Reason.NOT_BOUND);
  }

  @Test
  @Tag("abuse-32")
  void handshakeCertificateForAnotherIdentityIsNotBound() {
    Credential claim =
        domain.credential(
            domain.master("/a"), X25519, body -> body.setSpiffeId("spiffe://example.org/b"));

    assertThat(rejection(claim)).isEqualTo(Reason.NOT_BOUND);
  }

  @Test
  void handshakeCertificateLivesAtMostAnHourInsideItsMaster() {
    TestSvid master = domain.master("/a");
    long start = NOW.minusSeconds(60).getEpochSecond();

    assertThat(window(master, start, start + 3600)).isNull();
    assertThat(window(master, start, start + 3601)).isEqualTo(Reason.MALFORMED);
    assertThat(window(master, start, start - 1)).isEqualTo(Reason.MALFORMED);
    assertThat(window(master, start - 1, start)).isEqualTo(Reason.NOT_BOUND);
    assertThat(window(master, start, start)).isNull();
    assertThat(window(master, start + 1000, start + 2000)).isEqualTo(Reason.NOT_YET_VALID);
    assertThat(window(master, -1, 1)).isEqualTo(Reason.MALFORMED);
  }

  private Reason window(TestSvid master, long from, long to) {
    return rejectionOrNull(
        context,
        domain.credential(master, X25519, body -> body.setNotBefore(from).setNotAfter(to)),
        NOW);
  }

  private String at(Credential credential, Instant now) {
    Reason reason = rejectionOrNull(context, credential, now);
    return reason == null ? "accepted" : reason.name();
  }

  private VerifiedPeer verify(TestSvid master) throws PeerRejectedException {
    return verifier.verify(context, domain.credential(master, X25519), PeerRole.SERVER, NOW);
  }

  private Reason rejection(String path, Consumer<CertificateRequest> knobs) {
    Reason reason = rejectionOrNull(path, knobs);
    assertThat(reason).isNotNull();
    return reason;
  }

  private Reason rejectionOrNull(String path, Consumer<CertificateRequest> knobs) {
    TestSvid master = domain.svid(path, domain.attributes(path), knobs);
    return rejectionOrNull(context, domain.credential(master, X25519), NOW);
  }

  private Reason rejection(Credential credential) {
    return rejection(context, credential, NOW);
  }

  private Reason rejection(VerificationContext given, Credential credential, Instant now) {
    Reason reason = rejectionOrNull(given, credential, now);
    assertThat(reason).isNotNull();
    return reason;
  }

  private Reason rejectionOrNull(VerificationContext given, Credential credential, Instant now) {
    PeerRejectedException rejected =
        catchThrowableOfType(
            PeerRejectedException.class,
            () -> verifier.verify(given, credential, PeerRole.CLIENT, now));
    return rejected == null ? null : rejected.reason();
  }
}
