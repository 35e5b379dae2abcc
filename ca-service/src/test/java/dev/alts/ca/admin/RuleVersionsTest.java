package dev.alts.ca.admin;

import static dev.alts.ca.admin.HumanClient.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.alts.ca.humans.EnrolmentPurpose;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class RuleVersionsTest {
  private static final RunningCa CA = RunningCa.get();

  private static HumanClient admin;

  @BeforeAll
  static void logIn() {
    CA.forgetHumans();
    admin = HumanClient.login(CA, EnrolmentTest.code(CA, "vera", EnrolmentPurpose.FIRST_ADMIN));
  }

  @AfterAll
  static void close() {
    admin.close();
  }

  @Test
  void rollbackMakesTheEarlierRulesANewVersionWithItsOwnAuthorAndReason() {
    long first = apply("one", "/versions/one");
    long second = apply("two", "/versions/two");

    long third =
        json(admin.post(
                "/v1/rules/rollback",
                "{\"version\":%d,\"reason\":\"two was wrong\"}".formatted(first)))
            .get("version")
            .asLong();

    assertThat(third).isEqualTo(second + 1);
    assertThat(json(admin.get("/v1/rules")).get("items"))
        .isEqualTo(json(admin.get("/v1/rules/versions/" + first)).get("items"));
    JsonNode page = json(admin.get("/v1/rules/versions?limit=2"));
    List<JsonNode> newest = page.get("items").valueStream().toList();
    assertThat(newest).extracting(v -> v.get("version").asLong()).containsExactly(third, second);
    assertThat(newest.getFirst().get("reason").asString()).isEqualTo("two was wrong");
    assertThat(newest.getFirst().get("author").asString()).isEqualTo("/human/vera");
    assertThat(
            json(admin.get("/v1/rules/versions?limit=1&after=" + page.get("next").asString()))
                .get("items")
                .get(0)
                .get("version")
                .asLong())
        .isEqualTo(first);
  }

  @Test
  void versionThatNeverWasIsNotFoundAndCannotBeRolledBackTo() {
    assertThat(admin.get("/v1/rules/versions/999999").statusCode()).isEqualTo(404);
    assertThat(
            admin.post("/v1/rules/rollback", "{\"version\":999999,\"reason\":\"r\"}").statusCode())
        .isEqualTo(404);
    assertThat(admin.post("/v1/rules/rollback", "{\"version\":1}").statusCode()).isEqualTo(400);
  }

  @Test
  void previewSaysWhichRulesDifferAndPutsNoneInForce() {
    apply("kept", "/versions/kept");
    String before = json(admin.get("/v1/rules")).toString();

    JsonNode preview =
        json(
            admin.post(
                "/v1/rules/preview", "{\"rules\":[" + rule("fresh", "/versions/fresh") + "]}"));

    assertThat(preview.get("rulesAdded").toString()).isEqualTo("[\"fresh\"]");
    assertThat(preview.get("rulesRemoved").toString()).isEqualTo("[\"kept\"]");
    assertThat(json(admin.get("/v1/rules")).toString()).isEqualTo(before);
    assertThat(
            admin
                .post(
                    "/v1/rules/preview", "{\"limit\":1001,\"rules\":[" + rule("fresh", "/a") + "]}")
                .statusCode())
        .as("bounded output")
        .isEqualTo(400);
    assertThat(admin.post("/v1/rules/preview", "{\"rules\":[{}]}").statusCode()).isEqualTo(400);
  }

  private static long apply(String name, String identity) {
    return json(admin.put(
            "/v1/rules", "{\"reason\":\"test\",\"rules\":[" + rule(name, identity) + "]}"))
        .get("version")
        .asLong();
  }

  private static String rule(String name, String identity) {
    return "{\"name\":\"%s\",\"when\":\"machine.name == 'nobody'\",\"identity\":\"%s\"}"
        .formatted(name, identity);
  }
}
