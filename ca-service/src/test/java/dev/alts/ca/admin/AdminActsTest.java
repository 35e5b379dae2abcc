package dev.alts.ca.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alts.ca.humans.EnrolmentPurpose;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What admins do, and what the audit log says about it. */
class AdminActsTest {
  private static final String RULE =
      "{\"name\":\"web\",\"when\":\"machine.labels.env == \\\"prod\\\"\","
          + "\"identity\":\"/{machine.labels.env}/web\",\"ttl\":\"1h\"}";
  private static final RunningCa CA = RunningCa.get();
  private static HumanClient admin;

  @BeforeAll
  static void anAdminLogsIn() {
    CA.forgetHumans();
    admin = HumanClient.login(CA, EnrolmentTest.code(CA, "alice", EnrolmentPurpose.ADMIN));
  }

  @AfterAll
  static void leaves() {
    admin.close();
  }

  @Test
  @Tag("abuse-43")
  void everyActIsInTheLogWithTheHumansNameAndNoSecret() {
    String token =
        json(admin.post("/v1/join-tokens", "{\"boundary\":\"dc1\",\"machine\":\"m-1\"}"))
            .get("token")
            .asString();
    String code =
        json(admin.post("/v1/humans/bob/enrolments", "{\"admin\":true}")).get("code").asString();
    admin.put("/v1/rules", "{\"reason\":\"web servers\",\"rules\":[" + RULE + "]}");

    List<String> bodies =
        CA.jdbc()
            .queryForList(
                "SELECT body FROM audit_event WHERE type = 'AdminActed' ORDER BY recorded_at",
                String.class);

    assertThat(bodies)
        .anySatisfy(body -> assertThat(body).contains("/human/alice", "join-token.create", "m-1"))
        .anySatisfy(body -> assertThat(body).contains("/human/alice", "human.enrol", "bob"))
        .anySatisfy(body -> assertThat(body).contains("/human/alice", "rules.apply", "web serv"));
    assertThat(CA.jdbc().queryForList("SELECT body FROM audit_event", String.class))
        .noneMatch(body -> body.contains(secret(token)) || body.contains(secret(code)));
  }

  @Test
  @Tag("abuse-43")
  void anActThatTheLogCannotTakeDoesNotHappen() {
    int codes = count("enrolment_code");
    int tokens = count("join_token");
    int rules = count("audit_event");
    CA.jdbc()
        .execute(
            """
            CREATE FUNCTION refuse_admin_acts() RETURNS trigger LANGUAGE plpgsql AS
              $$ BEGIN RAISE EXCEPTION 'disk full of secrets'; END $$;
            CREATE TRIGGER refuse_admin_acts BEFORE INSERT ON audit_event
              FOR EACH ROW WHEN (NEW.type = 'AdminActed') EXECUTE FUNCTION refuse_admin_acts();
            """);
    List<HttpResponse<String>> answers;
    try {
      answers =
          List.of(
              admin.post("/v1/join-tokens", "{}"),
              admin.post("/v1/humans/carol/enrolments", "{\"admin\":true}"),
              admin.put("/v1/rules", "{\"reason\":\"r\",\"rules\":[]}"),
              admin.post("/v1/revocations", "{\"machine\":\"m-1\",\"reason\":\"r\"}"));
    } finally {
      CA.jdbc().execute("DROP FUNCTION refuse_admin_acts() CASCADE");
    }

    assertThat(answers)
        .allSatisfy(answer -> {
          assertThat(answer.statusCode()).isEqualTo(503);
          AccessTest.assertIsProblem(answer);
          assertThat(answer.body()).doesNotContain("secrets", "trigger", "audit_event");
        });
    assertThat(count("enrolment_code")).isEqualTo(codes);
    assertThat(count("join_token")).isEqualTo(tokens);
    assertThat(count("audit_event")).isEqualTo(rules);
  }

  @Test
  void rulesAreReplacedAsAWholeAndCanBeTried() {
    long version =
        json(admin.put("/v1/rules", "{\"reason\":\"first\",\"rules\":[" + RULE + "]}"))
            .get("version")
            .asLong();

    HttpResponse<String> wrong =
        admin.put(
            "/v1/rules",
            "{\"reason\":\"wrong\",\"rules\":["
                + RULE.replace("labels.env ==", "labels.env +")
                + "]}");
    assertThat(wrong.statusCode()).isEqualTo(422);
    AccessTest.assertIsProblem(wrong);

    JsonNode inForce = json(admin.get("/v1/rules"));
    assertThat(inForce.get("version").asLong()).isEqualTo(version);
    assertThat(inForce.get("items").get(0).get("identity").asString())
        .isEqualTo("/{machine.labels.env}/web");
    assertThat(inForce.get("author").asString()).isEqualTo("/human/alice");

    JsonNode granted =
        json(admin.post("/v1/rules/test", "{\"facts\":{\"machine.labels.env\":\"prod\"}}"));
    assertThat(granted.get("granted").get(0).get("spiffeId").asString())
        .isEqualTo("spiffe://test.alts/prod/web");
    JsonNode refused =
        json(admin.post("/v1/rules/test", "{\"facts\":{\"machine.labels.env\":\"dev\"}}"));
    assertThat(refused.get("granted")).isEmpty();
    assertThat(refused.get("explanation").get(0).asString()).contains("web");
  }

  @Test
  void aRuleThatAnyMachineCouldUseIsRefused() {
    HttpResponse<String> answer =
        admin.put(
            "/v1/rules",
            "{\"reason\":\"r\",\"rules\":[{\"name\":\"any\",\"when\":\"workload.unix.uid == 0\","
                + "\"identity\":\"/any\",\"ttl\":\"1h\"}]}");

    assertThat(answer.statusCode()).isEqualTo(422);
  }

  @Test
  void namingIsReplacedReadAndExplained() {
    HttpResponse<String> applied =
        admin.put(
            "/v1/naming",
            "{\"reason\":\"r\",\"mode\":\"strict\",\"entries\":[{\"target\":\"web.example\","
                + "\"identities\":[\"spiffe://test.alts/prod/web\"]}]}");
    assertThat(applied.statusCode()).isEqualTo(200);

    JsonNode naming = json(admin.get("/v1/naming"));
    assertThat(naming.get("mode").asString()).isEqualTo("strict");
    assertThat(naming.get("entries").get(0).get("target").asString()).isEqualTo("web.example");

    String explain = "/v1/naming/explain?target=web.example:443&spiffeId=spiffe://test.alts";
    assertThat(json(admin.get(explain + "/prod/web")).get("accepted").asBoolean()).isTrue();
    assertThat(json(admin.get(explain + "/prod/other")).get("accepted").asBoolean()).isFalse();
    JsonNode who = json(admin.get("/v1/naming/explain?target=WEB.example."));
    assertThat(who.get("entries").get(0).get("identities").get(0).asString())
        .isEqualTo("spiffe://test.alts/prod/web");
    assertThat(who.has("accepted")).isFalse();
  }

  @Test
  void aRevokedHumanCertificateIsRefused() {
    HumanClient dave =
        HumanClient.login(CA, EnrolmentTest.code(CA, "dave", EnrolmentPurpose.MEMBER));
    try (dave) {
      assertThat(dave.get("/v1/documents").statusCode()).isEqualTo(200);
      String id =
          json(admin.get("/v1/svids?identity=spiffe://test.alts/human/dave"))
              .get("items")
              .valueStream()
              .filter(svid -> svid.get("profile").asString().equals("HUMAN_TLS"))
              .findFirst()
              .orElseThrow()
              .get("revocationId")
              .asString();

      HttpResponse<String> revoked =
          admin.post(
              "/v1/revocations",
              "{\"kind\":\"certificate\",\"revocationId\":\"" + id + "\",\"reason\":\"stolen\"}");

      assertThat(revoked.statusCode()).isEqualTo(201);
      // The CA's own view is at most a second old, and revoking takes until the next full second.
      long deadline = System.nanoTime() + 5_000_000_000L;
      while (dave.get("/v1/documents").statusCode() == 200) {
        assertThat(System.nanoTime()).isLessThan(deadline);
      }
      assertThat(dave.get("/v1/documents").statusCode()).isEqualTo(401);
    }
  }

  @Test
  void listsGoOnWhereTheLastPageEnded() {
    for (String name : List.of("p1", "p2", "p3")) {
      admin.post("/v1/humans/" + name + "/enrolments", "{\"admin\":false}");
    }

    JsonNode first = json(admin.get("/v1/humans?limit=2&after=p0"));
    JsonNode second = json(admin.get("/v1/humans?limit=2&after=" + first.get("next").asString()));

    assertThat(first.get("items").valueStream().map(h -> h.get("name").asString()))
        .containsExactly("p1", "p2");
    assertThat(second.get("items").get(0).get("name").asString()).isEqualTo("p3");
  }

  @Test
  void aReasonIsOnePrintableLine() {
    for (String reason : List.of("", " ", "a\\nb", "a\\u2028b", "a\\u202eb", "x".repeat(501))) {
      assertThat(
              admin
                  .post("/v1/revocations", "{\"machine\":\"m-1\",\"reason\":\"" + reason + "\"}")
                  .statusCode())
          .isEqualTo(400);
    }
  }

  private static JsonNode json(HttpResponse<String> response) {
    assertThat(response.statusCode()).as(response.body()).isIn(200, 201);
    return HumanClient.json(response);
  }

  private static int count(String table) {
    Integer count = CA.jdbc().queryForObject("SELECT count(*) FROM " + table, Integer.class);
    return count == null ? 0 : count;
  }

  private static String secret(String token) {
    return token.split("\\.")[1];
  }
}
