package dev.alts.identity.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import dev.alts.identity.SpiffeId;
import dev.alts.identity.TrustDomain;
import dev.alts.identity.verify.PeerRejectedException.Reason;
import dev.alts.testing.TestAttributes;
import dev.alts.testing.TestSvid;
import dev.alts.testing.TestTrustDomain;
import dev.alts.wire.handshake.v1.Credential;
import dev.alts.wire.handshake.v1.EntityKind;
import dev.alts.wire.handshake.v1.RevocationEntry;
import dev.alts.wire.handshake.v1.RevokedAuthority;
import dev.alts.wire.handshake.v1.RevokedCertificate;
import dev.alts.wire.handshake.v1.RevokedMachine;
import dev.alts.wire.handshake.v1.RevokedSubject;
import dev.alts.wire.handshake.v1.VoidedResumption;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class RevocationTest {
  private static final Instant NOW = Instant.ofEpochSecond(1_900_000_000);
  private static final Instant ISSUED = NOW.minusSeconds(30);

  private final TestTrustDomain domain = TestTrustDomain.of("example.org", NOW);
  private final PeerVerifier verifier = new PeerVerifier();
  private final TestAttributes attributes = new TestAttributes(2, "dc1", "m-17", 77, ISSUED, true);
  private final TestSvid master = domain.svid("/a", attributes, request -> {});

  @Test
  void revokedCertificateIsRefusedAndItsNeighbourIsNot() {
    assertThat(rejection(certificate(77))).isEqualTo(Reason.REVOKED);
    assertThat(rejection(certificate(78))).isNull();
  }

  @Test
  void revokedSubjectIsRefusedIfIssuedBeforeThatTimeExactly() {
    assertThat(rejection(subject("/a", ISSUED.plusSeconds(1)))).isEqualTo(Reason.REVOKED);
    assertThat(rejection(subject("/a", ISSUED))).isNull();
    assertThat(rejection(subject("/b", NOW))).isNull();
  }

  @Test
  void revokedMachineTakesEverythingIssuedOnItBefore() {
    assertThat(rejection(machine("m-17", ISSUED.plusSeconds(1)))).isEqualTo(Reason.REVOKED);
    assertThat(rejection(machine("m-17", ISSUED))).isNull();
    assertThat(rejection(machine("m-18", NOW))).isNull();
  }

  @Test
  void laterOfTwoTimesForOneSubjectCounts() {
    assertThat(rejection(subject("/a", NOW), subject("/a", ISSUED))).isEqualTo(Reason.REVOKED);
  }

  @Test
  void revokedAuthorityTakesAllThatItIssued() {
    assertThat(rejection(authority(domain.authority(EntityKind.WORKLOAD).spkiSha256())))
        .isEqualTo(Reason.REVOKED);
    assertThat(rejection(authority(domain.authority(EntityKind.HUMAN).spkiSha256()))).isNull();
  }

  @Test
  void voidedResumptionRevokesNoCertificateButIsAnswered() {
    RevocationEntry entry =
        RevocationEntry.newBuilder()
            .setResumption(
                VoidedResumption.newBuilder()
                    .setSpiffeId(domain.id("/a"))
                    .setAuthenticatedBefore(NOW.getEpochSecond()))
            .build();
    VerificationContext context = Trust.own(domain, domain.revocationList(1, entry));

    assertThat(rejection(entry)).isNull();
    assertThat(context.resumptionVoidBefore(SpiffeId.parse(domain.id("/a")))).contains(NOW);
    assertThat(context.resumptionVoidBefore(SpiffeId.parse(domain.id("/b")))).isEmpty();
  }

  @Test
  @Tag("abuse-25")
  void openChannelsAndTicketsAreJudgedAgainByTheNewState() throws Exception {
    PeerFacts facts =
        verifier.verify(Trust.own(domain), credential(), PeerRole.CLIENT, NOW).facts();

    for (RevocationEntry entry :
        List.of(
            certificate(77),
            subject("/a", NOW),
            machine("m-17", NOW),
            authority(domain.authority(EntityKind.WORKLOAD).spkiSha256()))) {
      VerificationContext later = Trust.own(domain, domain.revocationList(2, entry));
      assertThat(recheck(later, facts, NOW)).isEqualTo(Reason.REVOKED);
      assertThat(recheckForResumption(later, facts, NOW)).isEqualTo(Reason.REVOKED);
    }
  }

  @Test
  @Tag("abuse-25")
  void cachedSuccessDoesNotSurviveANewList() {
    assertThat(rejection(certificate(1))).isNull();
    assertThat(rejection(certificate(77))).isEqualTo(Reason.REVOKED);
    assertThat(rejection(certificate(1))).isNull();
  }

  @Test
  @Tag("abuse-25")
  void peerOfAWithdrawnAuthorityIsNoLongerAccepted() throws Exception {
    PeerFacts facts =
        verifier.verify(Trust.own(domain), credential(), PeerRole.CLIENT, NOW).facts();
    VerificationContext withdrawn =
        VerificationContext.ofOwn(
            Trust.domain(domain, domain.trustDocument(d -> d.clearAuthorities()), null));

    assertThat(recheck(withdrawn, facts, NOW)).isEqualTo(Reason.UNTRUSTED);
    assertThat(rejection(withdrawn, NOW)).isEqualTo(Reason.UNTRUSTED);
  }

  @Test
  @Tag("abuse-25")
  void endOfTheMasterEndsATicketButNoOpenChannel() throws Exception {
    VerificationContext context = Trust.own(domain);
    PeerFacts facts = verifier.verify(context, credential(), PeerRole.CLIENT, NOW).facts();
    Instant end = facts.masterNotAfter();

    assertThat(recheckForResumption(context, facts, end.minusSeconds(1))).isNull();
    assertThat(recheckForResumption(context, facts, end)).isEqualTo(Reason.EXPIRED);
    assertThat(recheck(context, facts, end.plusSeconds(100))).isNull();
  }

  @Test
  @Tag("abuse-49")
  void factsWithoutAnIssuerAreRefused() {
    PeerFacts none =
        new PeerFacts(
            SpiffeId.parse(domain.id("/a")),
            dev.alts.identity.EntityKind.WORKLOAD,
            "",
            "",
            new dev.alts.identity.RevocationId(1),
            ISSUED,
            List.of(),
            NOW.plusSeconds(100));

    assertThat(recheck(Trust.own(domain), none, NOW)).isEqualTo(Reason.UNTRUSTED);
  }

  @Test
  @Tag("abuse-47")
  void staleListRefusesNewPeersOnlyIfThePolicySaysSo() {
    TrustedDomain held = Trust.domain(domain, domain.trustDocument(), domain.revocationList(1));
    for (StaleRevocation policy : StaleRevocation.values()) {
      VerificationContext context =
          VerificationContext.of(
              new TrustDomain("example.org"), List.of(held), ForeignDomainPolicy.none(), policy);
      boolean refuses = policy == StaleRevocation.REFUSE_NEW;

      assertThat(rejection(context, NOW.plusSeconds(300 + 60))).isNull();
      assertThat(rejection(context, NOW.plusSeconds(300 + 61)))
          .isEqualTo(refuses ? Reason.REVOCATION_STALE : null);
    }
  }

  @Test
  @Tag("abuse-47")
  void listPastItsEndRefusesNewPeersWhateverThePolicy() throws Exception {
    VerificationContext context =
        Trust.own(
            domain,
            domain.revocationList(
                list -> list.setValidUntil(NOW.plusSeconds(600).getEpochSecond())));
    PeerFacts facts = verifier.verify(context, credential(), PeerRole.CLIENT, NOW).facts();

    assertThat(rejection(context, NOW.plusSeconds(660))).isNull();
    assertThat(rejection(context, NOW.plusSeconds(661))).isEqualTo(Reason.REVOCATION_STALE);
    assertThat(recheckForResumption(context, facts, NOW.plusSeconds(661)))
        .isEqualTo(Reason.REVOCATION_STALE);
    assertThat(recheck(context, facts, NOW.plusSeconds(661))).isNull();
  }

  private static RevocationEntry certificate(long id) {
    return RevocationEntry.newBuilder()
        .setCertificate(RevokedCertificate.newBuilder().setRevocationId(id))
        .build();
  }

  private RevocationEntry subject(String path, Instant before) {
    return RevocationEntry.newBuilder()
        .setSubject(
            RevokedSubject.newBuilder()
                .setSpiffeId(domain.id(path))
                .setIssuedBefore(before.getEpochSecond()))
        .build();
  }

  private static RevocationEntry machine(String machine, Instant before) {
    return RevocationEntry.newBuilder()
        .setMachine(
            RevokedMachine.newBuilder()
                .setMachine(machine)
                .setIssuedBefore(before.getEpochSecond()))
        .build();
  }

  private static RevocationEntry authority(byte[] spkiSha256) {
    return RevocationEntry.newBuilder()
        .setAuthority(RevokedAuthority.newBuilder().setSpkiSha256(ByteString.copyFrom(spkiSha256)))
        .build();
  }

  private Credential credential() {
    return domain.credential(master, new byte[32]);
  }

  private Reason rejection(RevocationEntry... entries) {
    return rejection(Trust.own(domain, domain.revocationList(1, entries)), NOW);
  }

  private Reason rejection(VerificationContext context, Instant now) {
    return reason(() -> verifier.verify(context, credential(), PeerRole.CLIENT, now));
  }

  private Reason recheck(VerificationContext context, PeerFacts facts, Instant now) {
    return reason(() -> verifier.recheck(context, facts, PeerRole.CLIENT, now));
  }

  private Reason recheckForResumption(VerificationContext context, PeerFacts facts, Instant now) {
    return reason(() -> verifier.recheckForResumption(context, facts, PeerRole.CLIENT, now));
  }

  private static Reason reason(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    PeerRejectedException rejected = catchThrowableOfType(PeerRejectedException.class, call);
    return rejected == null ? null : rejected.reason();
  }
}
