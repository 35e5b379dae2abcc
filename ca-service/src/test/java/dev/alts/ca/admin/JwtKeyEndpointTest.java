package dev.alts.ca.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alts.ca.humans.EnrolmentPurpose;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class JwtKeyEndpointTest {
  private static final RunningCa CA = RunningCa.get();
  private static HumanClient admin;

  @BeforeAll
  static void logIn() {
    CA.forgetHumans();
    admin = HumanClient.login(CA, EnrolmentTest.code(CA, "judith", EnrolmentPurpose.FIRST_ADMIN));
  }

  @AfterAll
  static void close() {
    admin.close();
  }

  @Test
  void keyThatLeakedIsReplacedAndEndedInThreeSteps() {
    String leaked = inSlot(admin.get("/v1/jwt-keys"), "current");

    String next = inSlot(step("prepare", "{\"reason\":\"leak 7\"}"), "next");
    assertThat(inSlot(admin.get("/v1/jwt-keys"), "current")).isEqualTo(leaked);
    HttpResponse<String> activated = step("activate", "{\"reason\":\"leak 7\"}");
    assertThat(inSlot(activated, "current")).isEqualTo(next).isNotEqualTo(leaked);
    assertThat(keyIds(activated)).contains(leaked);
    HttpResponse<String> revoked = step("revoke", revocation(leaked));

    assertThat(revoked.statusCode()).isEqualTo(200);
    assertThat(keyIds(revoked)).contains(next).doesNotContain(leaked);
    assertThat(pushed()).contains(next).doesNotContain(leaked);
    assertThat(audited())
        .as("every step names the human, with the reason")
        .anyMatch(body -> body.contains("jwt-keys.prepare") && body.contains("leak 7"))
        .anyMatch(body -> body.contains("jwt-keys.activate") && body.contains("leak 7"))
        .anyMatch(body -> body.contains("jwt-keys.revoke") && body.contains(leaked))
        .anyMatch(body -> body.contains("\"jwt-authority\"") && body.contains("REVOKED"));
  }

  @Test
  void stepOutOfTurnIsRefusedAndSaysWhereToLook() {
    String current = inSlot(admin.get("/v1/jwt-keys"), "current");

    for (HttpResponse<String> refused :
        List.of(
            step("activate", "{\"reason\":\"r\"}"),
            step("revoke", revocation(current)),
            step("revoke", revocation("0".repeat(32))))) {
      assertThat(refused.statusCode()).as(refused.body()).isEqualTo(409);
      assertThat(HumanClient.json(refused).get("hint").asString()).contains("jwt-keys list");
    }
    assertThat(inSlot(admin.get("/v1/jwt-keys"), "current")).isEqualTo(current);
  }

  @Test
  void stepWithoutReasonOrKeyIsRefused() {
    for (HttpResponse<String> refused :
        List.of(
            step("prepare", "{}"),
            step("revoke", "{\"reason\":\"r\"}"),
            step("revoke", revocation("../x")),
            step("taint", "{\"reason\":\"r\"}"))) {
      assertThat(refused.statusCode()).as(refused.body()).isEqualTo(400);
    }
  }

  private static HttpResponse<String> step(String step, String json) {
    return admin.post("/v1/jwt-keys/" + step, json);
  }

  private static String revocation(String keyId) {
    return "{\"reason\":\"leak 7\",\"keyId\":\"%s\"}".formatted(keyId);
  }

  private static String inSlot(HttpResponse<String> answer, String slot) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return HumanClient.json(answer)
        .get("items")
        .valueStream()
        .filter(key -> key.path("slot").asString("").equals(slot))
        .map(key -> key.get("keyId").asString())
        .findFirst()
        .orElseThrow();
  }

  private static List<String> keyIds(HttpResponse<String> answer) {
    return HumanClient.json(answer).get("items").findValuesAsString("keyId");
  }

  private static String pushed() {
    byte[] payload =
        CA.jdbc()
            .queryForObject(
                "select payload from watch_event where topic = 14 order by sequence desc limit 1",
                byte[].class);
    return new String(payload, StandardCharsets.ISO_8859_1);
  }

  private static List<String> audited() {
    return CA.jdbc()
        .queryForList(
            "select body from audit_event where type = 'AdminActed' and body like '%/human/judith%'",
            String.class);
  }
}
