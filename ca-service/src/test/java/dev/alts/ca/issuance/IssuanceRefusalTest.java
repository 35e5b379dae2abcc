package dev.alts.ca.issuance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alts.ca.authority.IssuingAuthorities;
import dev.alts.ca.issuance.IssuanceOutcome.Reason;
import dev.alts.ca.testing.CaCore;
import dev.alts.identity.Bytes;
import dev.alts.identity.EntityKind;
import dev.alts.identity.SpiffeId;
import dev.alts.identity.TrustDomain;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class IssuanceRefusalTest {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static CaCore ca;

  @BeforeAll
  static void start() {
    ca = CaCore.start();
  }

  @AfterAll
  static void stop() {
    ca.close();
  }

  static Stream<Duration> badLifetimes() {
    return Stream.of(
        Duration.ZERO,
        Duration.ofNanos(999_999_999),
        Duration.ofSeconds(-1),
        Duration.ofSeconds(Long.MIN_VALUE),
        Duration.ofHours(24).plusNanos(1),
        Duration.ofSeconds(Long.MAX_VALUE));
  }

  @Tag("abuse-15")
  @ParameterizedTest
  @MethodSource("badLifetimes")
  void lifetimeOutsideTheProfileIsRefused(Duration lifetime) {
    assertRefused(withLifetime(lifetime), Reason.BAD_LIFETIME);
  }

  @Tag("abuse-15")
  @Test
  void shortestAndLongestLifetimeAreIssued() {
    assertThat(issue(withLifetime(Duration.ofSeconds(1))))
        .isInstanceOf(IssuanceOutcome.Issued.class);
    assertThat(issue(withLifetime(Duration.ofHours(24))))
        .isInstanceOf(IssuanceOutcome.Issued.class);
  }

  @Tag("abuse-13")
  @Test
  void keysOfOtherKindsAreRefused() throws Exception {
    assertRefused(withKey(spkiOf("RSA", 1024)), Reason.BAD_PUBLIC_KEY);
    assertRefused(withKey(spkiOf("RSA", 2048)), Reason.BAD_PUBLIC_KEY);
    assertRefused(withKey(spkiOf("EC", "secp384r1")), Reason.BAD_PUBLIC_KEY);
    assertRefused(withKey(spkiOf("Ed25519", "Ed25519")), Reason.BAD_PUBLIC_KEY);
    assertRefused(withKey(spkiOf("X25519", "X25519")), Reason.BAD_PUBLIC_KEY);
  }

  @Tag("abuse-13")
  @Test
  void keyThatIsOversizedTruncatedOrOffTheCurveIsRefused() {
    byte[] good = CaCore.newSpki().toByteArray();
    byte[] offCurve = good.clone();
    offCurve[90] ^= 1;
    byte[] trailing = Arrays.copyOf(good, 92);

    assertRefused(withKey(Bytes.copyOf(new byte[10 << 20])), Reason.BAD_PUBLIC_KEY);
    assertRefused(withKey(Bytes.copyOf(offCurve)), Reason.BAD_PUBLIC_KEY);
    assertRefused(withKey(Bytes.copyOf(trailing)), Reason.BAD_PUBLIC_KEY);
    for (int length = 0; length < good.length; length++) {
      assertRefused(withKey(Bytes.copyOf(Arrays.copyOf(good, length))), Reason.BAD_PUBLIC_KEY);
    }
  }

  @Test
  void authorizationCoversOneIdentityAndItsProfilesOnly() {
    TrustDomain foreign = new TrustDomain("other.alts");
    List<CertificateRequest> requests =
        List.of(
            request(rule(SpiffeId.of(foreign, "/web")), CertificateProfile.WORKLOAD_MASTER),
            request(rule(id("/machine/host-1")), CertificateProfile.MACHINE_MASTER),
            request(rule(id("/machine/host-1")), CertificateProfile.WORKLOAD_MASTER),
            request(rule(id("/human/ada")), CertificateProfile.HUMAN_TLS),
            request(rule(id("/ca")), CertificateProfile.CA_TLS),
            request(rule(id("/ca/x")), CertificateProfile.WORKLOAD_MASTER),
            request(rule(id("")), CertificateProfile.WORKLOAD_MASTER),
            request(
                new IssuanceAuthorization.MachineAttestation(
                    id("/machine/host-2"), "host-1", "", "join-token"),
                CertificateProfile.MACHINE_TLS),
            request(
                new IssuanceAuthorization.MachineAttestation(id("/ca"), "host-1", "", "join-token"),
                CertificateProfile.CA_TLS),
            request(
                new IssuanceAuthorization.HumanLogin(id("/web"), "", "enrolment"),
                CertificateProfile.WORKLOAD_MASTER),
            request(
                new IssuanceAuthorization.OwnEndpoint(id("/machine/host-1")),
                CertificateProfile.MACHINE_TLS),
            request(
                new IssuanceAuthorization.RuleDecision(
                    id("/web"), "host-1", "b".repeat(65), "web", 1),
                CertificateProfile.WORKLOAD_MASTER),
            request(
                new IssuanceAuthorization.RuleDecision(id("/web"), "", "", "web", 1),
                CertificateProfile.WORKLOAD_MASTER));

    assertThat(ca.bean(IssuanceService.class).issue(requests))
        .hasSize(requests.size())
        .allSatisfy(outcome ->
            assertThat(outcome)
                .isInstanceOfSatisfying(
                    IssuanceOutcome.Refused.class,
                    refused -> assertThat(refused.reason()).isEqualTo(Reason.NOT_AUTHORIZED)));
  }

  @Test
  void authoritysOwnKeyIsNotCertified() {
    Bytes authorityKey =
        ca.bean(IssuingAuthorities.class).current(EntityKind.WORKLOAD).certificate().spki();

    assertRefused(withKey(authorityKey), Reason.LINT);
  }

  @Tag("abuse-14")
  @Test
  void certificateNeverOutlivesItsAuthority() {
    try (CaCore shortLived =
        CaCore.start(
            "alts.ca.lifetimes.authority=1h",
            "alts.ca.lifetimes.machine=1h",
            "alts.ca.lifetimes.workload-limit=1h",
            "alts.ca.lifetimes.workload=1h")) {
      IssuedCertificate issued = shortLived.issueWorkload("/web");

      assertThat(issued.notAfter())
          .isBeforeOrEqualTo(
              shortLived
                  .bean(IssuingAuthorities.class)
                  .current(EntityKind.WORKLOAD)
                  .certificate()
                  .notAfter());
    }
  }

  @Test
  void oneRefusedRequestDoesNotFailItsNeighbours() {
    List<IssuanceOutcome> outcomes =
        ca.bean(IssuanceService.class)
            .issue(
                List.of(
                    CaCore.workload("/web", CaCore.newSpki()),
                    withLifetime(Duration.ZERO),
                    CaCore.workload("/db", CaCore.newSpki())));

    assertThat(outcomes.get(0)).isInstanceOf(IssuanceOutcome.Issued.class);
    assertThat(outcomes.get(1)).isInstanceOf(IssuanceOutcome.Refused.class);
    assertThat(outcomes.get(2)).isInstanceOf(IssuanceOutcome.Issued.class);
  }

  private static IssuanceOutcome issue(CertificateRequest request) {
    return ca.bean(IssuanceService.class).issue(request);
  }

  private static void assertRefused(CertificateRequest request, Reason reason) {
    assertThat(issue(request))
        .isInstanceOfSatisfying(
            IssuanceOutcome.Refused.class,
            refused -> {
              assertThat(refused.reason()).isEqualTo(reason);
              assertThat(refused.explanation()).isNotBlank();
            });
  }

  private static SpiffeId id(String path) {
    return SpiffeId.of(CaCore.DOMAIN, path);
  }

  private static IssuanceAuthorization rule(SpiffeId subject) {
    return new IssuanceAuthorization.RuleDecision(subject, "host-1", "", "web", 1);
  }

  private static CertificateRequest request(
      IssuanceAuthorization authorization, CertificateProfile profile) {
    return new CertificateRequest(
        IdempotencyKey.random(RANDOM), authorization, profile, CaCore.newSpki(), null);
  }

  private static CertificateRequest withLifetime(Duration lifetime) {
    return new CertificateRequest(
        IdempotencyKey.random(RANDOM),
        rule(id("/web")),
        CertificateProfile.WORKLOAD_MASTER,
        CaCore.newSpki(),
        lifetime);
  }

  private static CertificateRequest withKey(Bytes spki) {
    return CaCore.workload("/web", spki);
  }

  private static Bytes spkiOf(String algorithm, Object parameter) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
    if (parameter instanceof Integer bits) {
      generator.initialize(bits);
    } else if (algorithm.equals("EC")) {
      generator.initialize(new ECGenParameterSpec((String) parameter));
    }
    return Bytes.copyOf(generator.generateKeyPair().getPublic().getEncoded());
  }
}
