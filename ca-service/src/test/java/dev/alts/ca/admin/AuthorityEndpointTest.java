package dev.alts.ca.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alts.ca.humans.EnrolmentPurpose;
import java.net.http.HttpResponse;
import java.security.KeyPair;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Authorities and logins over REST. What moves an authority is tried in RotationTest. */
class AuthorityEndpointTest {
  private static final RunningCa CA = RunningCa.get();
  private static HumanClient admin;
  private static HumanClient member;

  @BeforeAll
  static void humansLogIn() {
    CA.forgetHumans();
    admin = HumanClient.login(CA, EnrolmentTest.code(CA, "alice", EnrolmentPurpose.ADMIN));
    member = HumanClient.login(CA, EnrolmentTest.code(CA, "mallory", EnrolmentPurpose.MEMBER));
  }

  @AfterAll
  static void theyLeave() {
    admin.close();
    member.close();
  }

  @Test
  void authoritiesAndRootsAreListed() {
    JsonNode authorities = HumanClient.json(admin.get("/v1/authorities")).get("items");
    JsonNode roots = HumanClient.json(admin.get("/v1/roots")).get("items");

    assertThat(authorities.findValuesAsString("kind")).contains("machine", "workload", "human");
    assertThat(authorities.findValuesAsString("state")).contains("active");
    assertThat(roots.findValuesAsString("state")).contains("active");
  }

  /** A script that lost its list of kinds must not move the fleet. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"kinds\":[],\"reason\":\"r\"}",
        "{\"kinds\":[\"\"],\"reason\":\"r\"}",
        "{\"kinds\":[\"Machine\"],\"reason\":\"r\"}",
        "{\"kinds\":[\"ca\"],\"reason\":\"r\"}",
        "{\"kinds\":[\"machine\",\"human\",\"workload\",\"machine\"],\"reason\":\"r\"}",
        "{\"reason\":\"\"}",
        "{}"
      })
  @Tag("abuse-10")
  void stepWithoutExactKindsOrReasonIsRefused(String body) {
    assertThat(admin.post("/v1/authorities/prepare", body).statusCode()).isEqualTo(400);
    assertThat(admin.post("/v1/authorities/PREPARE", body).statusCode()).isEqualTo(400);
  }

  @Test
  @Tag("abuse-43")
  void stepIsInTheLogWithTheHumansNameAlsoIfItIsRefused() {
    HttpResponse<String> answer =
        admin.post("/v1/authorities/revoke", "{\"kinds\":[\"machine\"],\"reason\":\"too soon\"}");

    assertThat(answer.statusCode()).isEqualTo(409);
    assertThat(answer.body()).contains("Taint it first");
    List<String> bodies =
        CA.jdbc()
            .queryForList("SELECT body FROM audit_event WHERE type = 'AdminActed'", String.class);
    assertThat(bodies)
        .anySatisfy(
            body -> assertThat(body).contains("/human/alice", "authority.revoke", "too soon"));
  }

  @Test
  @Tag("abuse-9")
  void loginIsRenewedForItsOwnerOnlyAndNoLongerThanItLasts() {
    KeyPair master = HumanClient.newKey();
    KeyPair tls = HumanClient.newKey();
    String keys = keys(master, tls);
    HttpResponse<String> tooSoon = member.post("/v1/login/renew", keys);
    assertThat(tooSoon.statusCode()).isEqualTo(409);
    assertThat(tooSoon.body()).contains("is not tainted");
    taintTheAuthorityOfHumans();

    JsonNode renewed = HumanClient.json(member.post("/v1/login/renew", keys));

    assertThat(renewed.get("spiffeId").asString()).isEqualTo("spiffe://test.alts/human/mallory");
    Instant end =
        HumanClient.certificate(Base64.getDecoder().decode(renewed.get("tls").get(0).asString()))
            .getNotAfter()
            .toInstant();
    JsonNode twice = HumanClient.json(member.post("/v1/login/renew", keys(tls, master)));
    assertThat(Instant.parse(twice.get("notAfter").asString())).isBeforeOrEqualTo(end);
    assertThat(member.post("/v1/login/renew", keys(tls, tls)).statusCode()).isEqualTo(400);
    assertThat(member.post("/v1/login/renew", "{}").statusCode()).isEqualTo(400);
    try (HumanClient nobody = HumanClient.anonymous(CA)) {
      assertThat(nobody.post("/v1/login/renew", keys).statusCode()).isEqualTo(401);
    }
  }

  private static void taintTheAuthorityOfHumans() {
    for (String step : List.of("prepare", "activate", "taint")) {
      HttpResponse<String> answer =
          admin.post(
              "/v1/authorities/" + step, "{\"kinds\":[\"human\"],\"force\":true,\"reason\":\"r\"}");
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }
  }

  private static String keys(KeyPair master, KeyPair tls) {
    return "{\"masterSpki\":\"%s\",\"tlsSpki\":\"%s\"}".formatted(base64(master), base64(tls));
  }

  private static String base64(KeyPair pair) {
    return Base64.getEncoder().encodeToString(pair.getPublic().getEncoded());
  }
}
