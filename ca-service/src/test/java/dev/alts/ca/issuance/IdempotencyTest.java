package dev.alts.ca.issuance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.alts.ca.issuance.IssuanceOutcome.Reason;
import dev.alts.ca.testing.CaCore;
import dev.alts.identity.Bytes;
import dev.alts.identity.SpiffeId;
import java.io.ByteArrayInputStream;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("abuse-51")
class IdempotencyTest {
  private static CaCore ca;

  @BeforeAll
  static void start() {
    ca = CaCore.start();
  }

  @AfterAll
  static void stop() {
    ca.close();
  }

  @Test
  void sameRequestWithTheSameKeyGivesTheSameBytes() {
    CertificateRequest request = CaCore.workload("/web", CaCore.newSpki());

    IssuedCertificate first = issued(ca, request);
    IssuedCertificate second = issued(ca, request);

    assertThat(second).isEqualTo(first);
    assertThat(recorded(first.serial())).isEqualTo(1);
  }

  @Test
  void concurrentRetriesGiveOneCertificate() throws Exception {
    CertificateRequest request = CaCore.workload("/web", CaCore.newSpki());
    Set<Bytes> certificates = new HashSet<>();

    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Bytes>> tasks =
          Stream.generate(() -> (Callable<Bytes>) () -> issued(ca, request).der())
              .limit(16)
              .toList();
      for (Future<Bytes> future : executor.invokeAll(tasks)) {
        certificates.add(future.get());
      }
    }

    assertThat(certificates).hasSize(1);
  }

  @Test
  void sameKeyInOneBatchGivesOneCertificate() {
    CertificateRequest request = CaCore.workload("/web", CaCore.newSpki());

    List<IssuanceOutcome> outcomes =
        ca.bean(IssuanceService.class).issue(List.of(request, request));

    assertThat(outcomes.getFirst()).isEqualTo(outcomes.getLast());
  }

  @Test
  void keyUsedForAnotherRequestIsRefused() {
    CertificateRequest request = CaCore.workload("/web", CaCore.newSpki());
    issued(ca, request);

    IssuanceOutcome outcome =
        ca.bean(IssuanceService.class)
            .issue(
                new CertificateRequest(
                    request.idempotencyKey(),
                    request.authorization(),
                    request.profile(),
                    CaCore.newSpki(),
                    null));

    assertThat(outcome)
        .isInstanceOfSatisfying(
            IssuanceOutcome.Refused.class,
            refused -> assertThat(refused.reason()).isEqualTo(Reason.IDEMPOTENCY_KEY_REUSED));
  }

  @Test
  void keysOfDifferentMachinesDoNotMeet() {
    CertificateRequest request = CaCore.workload("/web", CaCore.newSpki());
    CertificateRequest ofOther =
        new CertificateRequest(
            request.idempotencyKey(),
            new IssuanceAuthorization.RuleDecision(
                SpiffeId.of(CaCore.DOMAIN, "/web"), "host-2", "rack-7", "web", 3),
            request.profile(),
            request.publicKey(),
            null);

    assertThat(issued(ca, ofOther).serial()).isNotEqualTo(issued(ca, request).serial());
  }

  @Test
  void retryAtARestartedCaGivesTheSameCertificate() throws Exception {
    CertificateRequest request = CaCore.workload("/web", CaCore.newSpki());
    CaCore before = CaCore.start();
    IssuedCertificate first = issued(before, request);
    before.close();

    try (CaCore after = CaCore.start(before.home(), before.database())) {
      assertThat(issued(after, request).der()).isEqualTo(first.der());
    }
  }

  @Test
  void retryAfterACrashBeforeTheSignatureWasSavedSignsTheSameBytesAgain() throws Exception {
    CertificateRequest request = CaCore.workload("/web", CaCore.newSpki());
    CaCore before = CaCore.start();
    IssuedCertificate first = issued(before, request);
    before.close();

    try (CaCore after = CaCore.start(before.home(), before.database())) {
      after.jdbc().update("update certificate set signature = null");
      IssuedCertificate again = issued(after, request);

      assertThat(again.serial()).isEqualTo(first.serial());
      assertThat(tbs(again)).isEqualTo(tbs(first));
    }
  }

  @Test
  void requestsAreForgottenAfterTheirCertificatesHaveExpired() {
    CertificateRequest expired = CaCore.workload("/web", CaCore.newSpki());
    CertificateRequest fresh = CaCore.workload("/web", CaCore.newSpki());
    IssuedCertificate old = issued(ca, expired);
    IssuedCertificate kept = issued(ca, fresh);
    ca.jdbc()
        .update(
            "update issuance_request set not_after = clock_timestamp() - interval '2 hours'"
                + " where serial = decode(?, 'hex')",
            evenHex(old.serial()));

    ca.bean(IssuanceRequests.class).deleteExpired();

    assertThat(issued(ca, expired).serial()).isNotEqualTo(old.serial());
    assertThat(issued(ca, fresh)).isEqualTo(kept);
  }

  @Test
  void idempotencyKeyHasOneLength() {
    SecureRandom random = new SecureRandom();

    assertThat(IdempotencyKey.random(random)).isNotEqualTo(IdempotencyKey.random(random));
    assertThat(catchThrowable(() -> new IdempotencyKey(Bytes.copyOf(new byte[15]))))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static IssuedCertificate issued(CaCore from, CertificateRequest request) {
    IssuanceOutcome outcome = from.bean(IssuanceService.class).issue(request);
    assertThat(outcome).isInstanceOf(IssuanceOutcome.Issued.class);
    return ((IssuanceOutcome.Issued) outcome).certificate();
  }

  private static int recorded(String serial) {
    Integer count =
        ca.jdbc()
            .queryForObject(
                "select count(*) from certificate where serial = decode(?, 'hex')",
                Integer.class,
                evenHex(serial));
    return count == null ? 0 : count;
  }

  private static String evenHex(String serial) {
    return serial.length() % 2 == 0 ? serial : "0" + serial;
  }

  private static Bytes tbs(IssuedCertificate issued) throws Exception {
    X509Certificate certificate =
        (X509Certificate)
            CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(issued.der().toByteArray()));
    return Bytes.copyOf(certificate.getTBSCertificate());
  }
}
