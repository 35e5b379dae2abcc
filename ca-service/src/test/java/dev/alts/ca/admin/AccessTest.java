package dev.alts.ca.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alts.ca.admin.web.AdminOperations;
import dev.alts.ca.humans.EnrolmentPurpose;
import dev.alts.ca.humans.Permission;
import dev.alts.ca.issuance.CertificateProfile;
import dev.alts.ca.issuance.CertificateRequest;
import dev.alts.ca.issuance.IdempotencyKey;
import dev.alts.ca.issuance.IssuanceAuthorization;
import dev.alts.ca.issuance.IssuanceOutcome;
import dev.alts.ca.issuance.IssuanceService;
import dev.alts.identity.SpiffeId;
import dev.alts.testing.TestSvid;
import dev.alts.testing.TestTrustDomain;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.security.KeyPair;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may do what. */
class AccessTest {
  private static final RunningCa CA = RunningCa.get();
  private static HumanClient admin;
  private static HumanClient member;
  private static HumanClient nobody;

  private record Operation(String method, String path) {}

  @BeforeAll
  static void twoHumansLogIn() {
    CA.forgetHumans();
    admin = HumanClient.login(CA, EnrolmentTest.code(CA, "alice", EnrolmentPurpose.ADMIN));
    member = HumanClient.login(CA, EnrolmentTest.code(CA, "mallory", EnrolmentPurpose.MEMBER));
    nobody = HumanClient.anonymous(CA);
  }

  @AfterAll
  static void theyLeave() {
    admin.close();
    member.close();
    nobody.close();
  }

  /** All that take more than to be a human, so that a new one is tried too. */
  static Stream<Operation> operationsOfAdmins() {
    return AdminOperations.ALL.stream()
        .filter(operation -> operation.permission() != Permission.ANYONE)
        .filter(operation -> operation.permission() != Permission.HUMAN)
        .map(operation ->
            new Operation(
                operation.method().name(),
                operation
                    .path()
                    .replace("{step}", "prepare")
                    .replace("{kind}", "record")
                    .replace("{version}", "1")
                    .replaceAll("\\{[a-z]+}", "0a")));
  }

  static Stream<Operation> unknownOperations() {
    return Stream.of(
        new Operation("GET", "/"),
        new Operation("GET", "/v1"),
        new Operation("GET", "/v1/"),
        new Operation("GET", "/v1/humans/"),
        new Operation("GET", "/V1/humans"),
        new Operation("GET", "/v1/Humans"),
        new Operation("GET", "/v1/humans/alice"),
        new Operation("DELETE", "/v1/humans/alice"),
        new Operation("DELETE", "/v1/humans"),
        new Operation("PATCH", "/v1/rules"),
        new Operation("POST", "/v1/rules"),
        new Operation("HEAD", "/v1/humans"),
        new Operation("OPTIONS", "/v1/humans"),
        new Operation("GET", "/v1/enrolments/redeem"),
        new Operation("POST", "/v1/trust-document"),
        new Operation("GET", "/actuator"),
        new Operation("GET", "/actuator/health"),
        new Operation("GET", "/actuator/heapdump"),
        new Operation("GET", "/error"),
        new Operation("GET", "/login"),
        new Operation("POST", "/logout"));
  }

  @ParameterizedTest
  @MethodSource("operationsOfAdmins")
  @Tag("abuse-41")
  void withoutACertificateNothingButLoginIsPossible(Operation operation) {
    HttpResponse<String> answer = call(nobody, operation);

    assertThat(answer.statusCode()).isEqualTo(401);
    assertIsProblem(answer);
  }

  @ParameterizedTest
  @MethodSource("operationsOfAdmins")
  void aHumanWithoutTheRoleIsNoAdmin(Operation operation) {
    HttpResponse<String> answer = call(member, operation);

    assertThat(answer.statusCode()).isEqualTo(403);
    assertIsProblem(answer);
  }

  @ParameterizedTest
  @MethodSource("operationsOfAdmins")
  void anAdminIsLetThrough(Operation operation) {
    assertThat(call(admin, operation).statusCode()).isNotIn(401, 403, 500);
  }

  @ParameterizedTest
  @MethodSource("unknownOperations")
  @Tag("abuse-8")
  @Tag("abuse-39")
  void whatIsNotListedIsDeniedEvenToAnAdmin(Operation operation) {
    assertThat(call(nobody, operation).statusCode()).isEqualTo(401);

    HttpResponse<String> answer = call(admin, operation);

    assertThat(answer.statusCode()).isEqualTo(403);
    if (!operation.method().equals("HEAD")) {
      assertIsProblem(answer);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v1/humans/..%2fhumans",
        "/v1/humans/%2e%2e/machines",
        "/v1/humans;a=b",
        "/v1//humans",
        "/v1/humans/a%00b/enrolments",
        "/v1/humans%3Flimit=1"
      })
  @Tag("abuse-39")
  void aPathWithTwoReadingsIsNotReadAtAll(String path) {
    HttpResponse<String> answer = call(admin, new Operation("GET", path));

    assertThat(answer.statusCode()).isIn(400, 403);
    assertIsProblem(answer);
  }

  @Test
  void aHumanGetsItsDocumentsAndNoKeyWithThem() throws IOException {
    var snapshot =
        dev.alts.api.credentials.v1.CredentialSnapshot.parseFrom(member.getBytes("/v1/documents"));

    assertThat(snapshot.getSpiffeId()).isEqualTo("spiffe://test.alts/human/mallory");
    assertThat(snapshot.getDomainsList()).hasSize(1);
    assertThat(snapshot.getDomains(0).getTrustDomain()).isEqualTo("test.alts");
    assertThat(snapshot.getDomains(0).hasTrustDocument()).isTrue();
    assertThat(snapshot.getRecordPolicy().getRecordProtocolsList()).isNotEmpty();
    assertThat(snapshot.hasNamingPolicy()).isTrue();
    assertThat(snapshot.getResumptionKeysList()).isEmpty();
    assertThat(snapshot.getX25519PrivateKey()).isEmpty();
  }

  @Test
  void aDisabledHumanIsRefusedAtOnceOnAnOpenConnectionAndEvenAfterBeingEnabledAgain() {
    try (HumanClient eve =
        HumanClient.login(CA, EnrolmentTest.code(CA, "eve", EnrolmentPurpose.ADMIN))) {
      assertThat(eve.get("/v1/humans").statusCode()).isEqualTo(200);

      assertThat(admin.post("/v1/humans/eve/disable", "{\"reason\":\"left\"}").statusCode())
          .isEqualTo(200);
      assertThat(eve.get("/v1/humans").statusCode()).isEqualTo(401);
      assertThat(eve.get("/v1/documents").statusCode()).isEqualTo(401);
      assertThat(admin.post("/v1/humans/eve/enrolments", "{\"admin\":false}").statusCode())
          .isEqualTo(409);

      assertThat(admin.post("/v1/humans/eve/enable", "{\"reason\":\"back\"}").statusCode())
          .isEqualTo(200);
      assertThat(eve.get("/v1/humans").statusCode()).isEqualTo(401);
    }
    assertThat(HumanClient.json(admin.get("/v1/revocations")).get("items"))
        .anySatisfy(entry ->
            assertThat(entry.get("what").asString()).isEqualTo("spiffe://test.alts/human/eve"));
  }

  @Test
  void aRoleTakenAwayInTheTableIsGoneWithTheNextRequest() {
    try (HumanClient trudy =
        HumanClient.login(CA, EnrolmentTest.code(CA, "trudy", EnrolmentPurpose.ADMIN))) {
      assertThat(trudy.get("/v1/humans").statusCode()).isEqualTo(200);

      CA.jdbc().update("UPDATE human SET admin = false WHERE name = 'trudy'");

      assertThat(trudy.get("/v1/humans").statusCode()).isEqualTo(403);
    }
  }

  @Test
  void nobodyDisablesThemselves() {
    assertThat(admin.post("/v1/humans/alice/disable", "{\"reason\":\"oops\"}").statusCode())
        .isEqualTo(409);
    assertThat(admin.get("/v1/humans").statusCode()).isEqualTo(200);
  }

  @Test
  void aMachinesCertificateOfThisVeryCaOpensNothing() {
    KeyPair key = HumanClient.newKey();
    IssuanceOutcome outcome =
        CA.bean(IssuanceService.class)
            .issue(
                new CertificateRequest(
                    IdempotencyKey.random(HumanClient.RANDOM),
                    new IssuanceAuthorization.MachineAttestation(
                        SpiffeId.parse("spiffe://test.alts/machine/m-1"), "m-1", "", "a test"),
                    CertificateProfile.MACHINE_TLS,
                    HumanClient.spki(key),
                    null));
    byte[] der = ((IssuanceOutcome.Issued) outcome).certificate().der().toByteArray();

    try (HumanClient machine =
        HumanClient.with(CA, key.getPrivate(), HumanClient.certificate(der))) {
      assertThatThrownBy(
              () -> machine.tryToSend(machine.request("/v1/trust-document").GET().build()))
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void aHumanOfAnotherCaWithTheSameNameOpensNothing() {
    TestSvid forged = TestTrustDomain.of("test.alts", Instant.now()).tls("/human/alice");

    try (HumanClient impostor = HumanClient.with(CA, forged.privateKey(), forged.x509Chain())) {
      assertThatThrownBy(
              () -> impostor.tryToSend(impostor.request("/v1/trust-document").GET().build()))
          .isInstanceOf(IOException.class);
    }
  }

  private static HttpResponse<String> call(HumanClient client, Operation operation) {
    return operation.method().equals("GET") || operation.method().equals("HEAD")
        ? client.send(
            client
                .request(operation.path())
                .method(operation.method(), BodyPublishers.noBody())
                .build())
        : client.send(operation.method(), operation.path(), BodyPublishers.ofString("{}"));
  }

  static void assertIsProblem(HttpResponse<String> answer) {
    assertThat(answer.headers().firstValue("Content-Type"))
        .hasValueSatisfying(type -> assertThat(type).startsWith("application/problem+json"));
    assertThat(HumanClient.json(answer).get("status").asInt()).isEqualTo(answer.statusCode());
    assertThat(HumanClient.json(answer).get("detail").asString()).isNotBlank();
    assertThat(answer.body())
        .doesNotContain("Exception", "java.", "org.", "at dev.", "SQL", "Tomcat", "<html");
  }
}
