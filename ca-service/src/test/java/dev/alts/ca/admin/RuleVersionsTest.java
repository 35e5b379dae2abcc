package dev.alts.ca.admin;

import static dev.alts.ca.admin.HumanClient.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.alts.ca.humans.EnrolmentPurpose;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.transaction.support.TransactionTemplate;
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

  @Test
  void ofTwoAdminsWhoChangeTheSameVersionTheLaterIsRefused() {
    long version = apply("mine", "/versions/mine");
    String body = "{\"reason\":\"r\",\"rules\":[" + rule("theirs", "/versions/theirs") + "]}";

    HttpResponse<String> first = replace("/v1/rules", version, body);
    HttpResponse<String> second = replace("/v1/rules", version, body);

    assertThat(first.headers().firstValue("ETag")).hasValue("\"" + (version + 1) + "\"");
    assertThat(second.statusCode()).isEqualTo(412);
    assertThat(json(second).get("detail").asString()).contains("version " + (version + 1));
    assertThat(json(admin.get("/v1/rules")).get("version").asLong()).isEqualTo(version + 1);
    assertThat(admin.get("/v1/rules").headers().firstValue("ETag"))
        .hasValue("\"" + (version + 1) + "\"");
  }

  @Test
  void namingPolicyIsReplacedOnlyInThePlaceOfTheVersionThatWasRead() {
    long version = json(admin.get("/v1/naming")).get("version").asLong();
    String body = "{\"reason\":\"r\",\"mode\":\"trust-domain\",\"entries\":[]}";

    assertThat(replace("/v1/naming", version, body).statusCode()).isEqualTo(200);
    assertThat(replace("/v1/naming", version, body).statusCode()).isEqualTo(412);
    assertThat(json(admin.get("/v1/naming")).get("version").asLong()).isEqualTo(version + 1);
    assertThat(
            json(admin.get("/v1/naming/explain?target=a.example&at=2026-01-01T00:00:00Z"))
                .get("status")
                .asInt())
        .as("no policy in force yet")
        .isEqualTo(404);
    assertThat(json(admin.get("/v1/naming/explain?target=a.example")).get("version").asLong())
        .isEqualTo(version + 1);
  }

  @Test
  void termsOfARuleComeBackAsTheyWereGivenAndBadOnesAreRefused() {
    String terms =
        "{\"name\":\"t\",\"when\":\"machine.name == 'nobody'\",\"identity\":\"/t\",\"dns-names\":"
            + "[\"t.{machine.labels.env}.example\"],\"record-protocols\":[\"ALTSRP_GCM_AES128_REKEY\"],"
            + "\"require-privacy\":true,\"resumption\":false}";

    long version =
        json(admin.put("/v1/rules", "{\"reason\":\"r\",\"rules\":[" + terms + "]}"))
            .get("version")
            .asLong();

    JsonNode stored = json(admin.get("/v1/rules/versions/" + version)).get("items").get(0);
    assertThat(stored.get("dns-names").get(0).asString())
        .isEqualTo("t.{machine.labels.env}.example");
    assertThat(stored.get("record-protocols").size()).isEqualTo(1);
    assertThat(stored.get("require-privacy").asBoolean()).isTrue();
    assertThat(stored.get("resumption").asBoolean()).isFalse();
    assertThat(
            admin
                .put(
                    "/v1/rules",
                    "{\"reason\":\"r\",\"rules\":[" + terms.replace("t.{", "*.{") + "]}")
                .statusCode())
        .isEqualTo(422);
    assertThat(
            admin
                .put("/v1/rules", "{\"reason\":\"r\",\"rules\":[],\"allowWithdrawals\":-1}")
                .statusCode())
        .isEqualTo(400);
  }

  @Test
  void whatIsNoTimeNoSerialAndOfTheFutureIsNotExplained() {
    String web = "/v1/explain/svids?spiffeId=spiffe://test.alts/web";
    for (String path :
        List.of(
            "/v1/explain/svids/0A",
            "/v1/explain/svids?spiffeId=web",
            web + "&at=yesterday",
            web + "&at=9999-01-01T00:00:00Z",
            web + "&at=-0001-01-01T00:00:00Z",
            "/v1/explain/denials/x",
            "/v1/explain/authorization?client=a&server=b")) {
      assertThat(admin.get(path).statusCode()).as(path).isEqualTo(400);
    }
    assertThat(admin.get(web).statusCode()).isEqualTo(404);
    JsonNode call =
        json(
            admin.get(
                "/v1/explain/authorization?client=spiffe://test.alts/a&server=spiffe://test.alts/b"));
    assertThat(call.get("firstObstacle").asString()).contains("holds no certificate");
  }

  /** What is withdrawn and deleted is judged before: it is the judged version that goes. */
  @ParameterizedTest
  @ValueSource(strings = {"apply", "rollback"})
  void rulesThatOthersChangedBetweenCheckAndChangeAreNotReplaced(String act) {
    long first = apply("first", "/versions/first");
    try (ExecutorService others = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<HttpResponse<String>> changed =
          CA.bean(TransactionTemplate.class)
              .execute(status -> {
                CA.jdbc().execute("LOCK TABLE rule_set IN SHARE ROW EXCLUSIVE MODE");
                Future<HttpResponse<String>> asked =
                    others.submit(() ->
                        act.equals("rollback")
                            ? admin.post(
                                "/v1/rules/rollback",
                                "{\"version\":%d,\"reason\":\"back\"}".formatted(first))
                            : admin.put(
                                "/v1/rules",
                                "{\"reason\":\"test\",\"rules\":["
                                    + rule("mine", "/versions/mine")
                                    + "]}"));
                awaitDoneOrWaiting(asked);
                CA.jdbc()
                    .update(
                        "INSERT INTO rule_set (version, author, reason)"
                            + " SELECT max(version) + 1, '/human/other', 'meanwhile' FROM rule_set");
                return asked;
              });

      assertThat(changed)
          .succeedsWithin(Duration.ofSeconds(60))
          .extracting(HttpResponse::statusCode)
          .isEqualTo(412);
    }
    assertThat(json(admin.get("/v1/rules")).get("version").asLong()).isEqualTo(first + 1);
  }

  private static void awaitDoneOrWaiting(Future<?> asked) {
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!asked.isDone()
        && !Boolean.TRUE.equals(
            CA.jdbc()
                .queryForObject(
                    "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted"
                        + " AND relation = 'rule_set'::regclass)",
                    Boolean.class))) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
    }
  }

  private static HttpResponse<String> replace(String path, long version, String body) {
    return admin.send(
        admin
            .request(path)
            .PUT(BodyPublishers.ofString(body))
            .header("Content-Type", "application/json")
            .header("If-Match", "\"" + version + "\"")
            .build());
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
