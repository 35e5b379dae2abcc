package dev.alts.ca.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alts.ca.humans.EnrolmentPurpose;
import dev.alts.ca.humans.HumanEnrolment;
import dev.alts.ca.humans.HumanName;
import dev.alts.ca.humans.Invitation;
import dev.alts.identity.Bytes;
import dev.alts.identity.EntityKind;
import dev.alts.identity.document.BootstrapToken;
import dev.alts.identity.document.RootFingerprint;
import dev.alts.identity.x509.InvalidCertificateException;
import dev.alts.identity.x509.SvidCertificate;
import java.net.http.HttpResponse;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class EnrolmentTest {
  private static final String REDEEM = "/v1/enrolments/redeem";
  private static final Duration LONGEST_LIFE = Duration.ofHours(20);

  private final RunningCa ca = RunningCa.get();

  @BeforeEach
  void nobodyIsThere() {
    ca.forgetHumans();
  }

  @Test
  @Tag("abuse-5")
  void aCodeGivesAMasterAndATlsCertificateForTwoKeys() throws InvalidCertificateException {
    String code = invite("ada", EnrolmentPurpose.MEMBER);
    KeyPair masterKey = HumanClient.newKey();
    KeyPair tlsKey = HumanClient.newKey();

    JsonNode answer;
    try (HumanClient newcomer = HumanClient.anonymous(ca)) {
      answer =
          HumanClient.json(newcomer.post(REDEEM, HumanClient.redemption(code, masterKey, tlsKey)));
    }

    SvidCertificate master = certificate(answer.get("master").get(0));
    SvidCertificate tls = certificate(answer.get("tls").get(0));
    assertThat(answer.get("spiffeId").asString()).isEqualTo("spiffe://test.alts/human/ada");
    assertThat(Stream.of(master, tls))
        .allSatisfy(certificate -> {
          assertThat(certificate.id()).hasToString("spiffe://test.alts/human/ada");
          assertThat(certificate.attributes().orElseThrow().kind()).isEqualTo(EntityKind.HUMAN);
          assertThat(
                  Duration.between(
                      certificate.attributes().orElseThrow().issuedAt(), certificate.notAfter()))
              .isLessThanOrEqualTo(LONGEST_LIFE);
        });
    assertThat(master.attributes().orElseThrow().mayDelegate()).isTrue();
    assertThat(tls.attributes().orElseThrow().mayDelegate()).isFalse();
    assertThat(master.spki()).isEqualTo(HumanClient.spki(masterKey));
    assertThat(tls.spki()).isEqualTo(HumanClient.spki(tlsKey));
    assertThat(Instant.parse(answer.get("notAfter").asString())).isBeforeOrEqualTo(tls.notAfter());
  }

  @Test
  @Tag("abuse-1")
  void aCodeRedeemedByManyAtOnceHasOneWinner() throws InterruptedException, ExecutionException {
    String code = invite("ada", EnrolmentPurpose.ADMIN);
    Callable<Integer> attempt =
        () -> {
          try (HumanClient newcomer = HumanClient.anonymous(ca)) {
            return newcomer
                .post(
                    REDEEM,
                    HumanClient.redemption(code, HumanClient.newKey(), HumanClient.newKey()))
                .statusCode();
          }
        };

    List<Future<Integer>> attempts;
    try (ExecutorService threads = Executors.newFixedThreadPool(64)) {
      attempts = threads.invokeAll(Stream.generate(() -> attempt).limit(64).toList());
    }

    int winners = 0;
    for (Future<Integer> one : attempts) {
      assertThat(one.get()).isIn(200, 403);
      winners += one.get() == 200 ? 1 : 0;
    }
    assertThat(winners).isOne();
    assertThat(
            ca.jdbc()
                .queryForObject(
                    "SELECT count(*) FROM audit_event WHERE type = 'HumanEnrolled'"
                        + " AND recorded_at > (SELECT created_at FROM human WHERE name = 'ada')",
                    Integer.class))
        .isOne();
  }

  @Test
  @Tag("abuse-38")
  void unknownUsedExpiredAndDisabledCodesGetTheSameAnswer() {
    String used = invite("ada", EnrolmentPurpose.MEMBER);
    HumanClient.login(ca, used).close();
    String expired = invite("bob", EnrolmentPurpose.MEMBER);
    ca.jdbc().update("UPDATE enrolment_code SET expires_at = now() WHERE human = 'bob'");
    String disabled = invite("carol", EnrolmentPurpose.MEMBER);
    ca.jdbc().update("UPDATE human SET disabled_at = now() WHERE name = 'carol'");
    String unknown =
        BootstrapToken.mint(HumanClient.RANDOM, BootstrapToken.parse(used).rootFingerprint())
            .exposeText();

    List<HttpResponse<String>> answers;
    try (HumanClient newcomer = HumanClient.anonymous(ca)) {
      answers =
          Stream.of(used, expired, disabled, unknown)
              .map(code ->
                  newcomer.post(
                      REDEEM,
                      HumanClient.redemption(code, HumanClient.newKey(), HumanClient.newKey())))
              .toList();
    }

    assertThat(answers).extracting(HttpResponse::statusCode).containsOnly(403);
    assertThat(answers).extracting(HttpResponse::body).containsOnly(answers.getFirst().body());
  }

  @Test
  @Tag("abuse-34")
  void theDatabaseHoldsNoSecretOnlyItsHash() {
    String code = invite("ada", EnrolmentPurpose.MEMBER);
    byte[] secret = BootstrapToken.parse(code).secret().exposeCopy();

    List<byte[]> stored =
        ca.jdbc().queryForList("SELECT secret_sha256 FROM enrolment_code", byte[].class);

    assertThat(stored).hasSize(1);
    assertThat(Bytes.copyOf(stored.getFirst())).isNotEqualTo(Bytes.copyOf(secret));
    assertThat(stored.getFirst())
        .isEqualTo(dev.alts.identity.crypto.Sha256.of(secret).toByteArray());
  }

  @Test
  void aNewCodeEndsTheOlderOne() {
    String older = invite("ada", EnrolmentPurpose.MEMBER);
    String newer = invite("ada", EnrolmentPurpose.MEMBER);

    try (HumanClient newcomer = HumanClient.anonymous(ca)) {
      assertThat(redeem(newcomer, older)).isEqualTo(403);
      assertThat(redeem(newcomer, newer)).isEqualTo(200);
    }
  }

  @Test
  void oneKeyForBothOrNoKeyAtAllIsRefusedAndTheCodeStaysGood() {
    String code = invite("ada", EnrolmentPurpose.MEMBER);
    KeyPair key = HumanClient.newKey();

    try (HumanClient newcomer = HumanClient.anonymous(ca)) {
      assertThat(newcomer.post(REDEEM, HumanClient.redemption(code, key, key)).statusCode())
          .isEqualTo(400);
      assertThat(
              newcomer
                  .post(
                      REDEEM,
                      HumanClient.redemption(code, key, HumanClient.newKey())
                          .replace("\"tlsSpki\":\"", "\"tlsSpki\":\"AAAA"))
                  .statusCode())
          .isEqualTo(400);
      assertThat(redeem(newcomer, code)).isEqualTo(200);
    }
  }

  @Test
  void theCodeNamesTheRootThatSignedTheTrustDocument() throws Exception {
    String code = invite("ada", EnrolmentPurpose.MEMBER);
    RootFingerprint pinned = BootstrapToken.parse(code).rootFingerprint();

    byte[] document;
    try (HumanClient newcomer = HumanClient.anonymous(ca)) {
      document = newcomer.getBytes("/v1/trust-document");
    }

    assertThat(
            dev.alts.identity.document.TrustDocument.open(
                    dev.alts.wire.handshake.v1.SignedDocument.parseFrom(document), pinned)
                .trustDomain())
        .hasToString("test.alts");
  }

  private String invite(String name, EnrolmentPurpose purpose) {
    return code(ca, name, purpose);
  }

  static String code(RunningCa ca, String name, EnrolmentPurpose purpose) {
    Invitation invitation =
        ca.bean(HumanEnrolment.class).invite(new HumanName(name), purpose, "a test");
    if (invitation instanceof Invitation.Invited(BootstrapToken code, Instant _)) {
      return code.exposeText();
    }
    throw new AssertionError("not invited: " + invitation);
  }

  private static int redeem(HumanClient newcomer, String code) {
    return newcomer
        .post(REDEEM, HumanClient.redemption(code, HumanClient.newKey(), HumanClient.newKey()))
        .statusCode();
  }

  private static SvidCertificate certificate(JsonNode base64) throws InvalidCertificateException {
    return SvidCertificate.parse(Bytes.copyOf(Base64.getDecoder().decode(base64.asString())));
  }
}
