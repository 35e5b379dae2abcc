package dev.alts.ca.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.alts.api.machine.v1.WatchResponse;
import dev.alts.api.policy.v1.StaleRevocation;
import dev.alts.ca.humans.EnrolmentPurpose;
import dev.alts.ca.watch.WatchTopic;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class PolicyActsTest {
  private static final RunningCa CA = RunningCa.get();

  private static HumanClient admin;

  @BeforeAll
  static void logIn() {
    CA.forgetHumans();
    admin = HumanClient.login(CA, EnrolmentTest.code(CA, "petra", EnrolmentPurpose.FIRST_ADMIN));
  }

  @AfterAll
  static void close() {
    admin.close();
  }

  @Test
  void recordPolicyIsVersionedPushedAndNamesItsAuthor() throws Exception {
    long before = json(admin.get("/v1/policies/record")).get("version").asLong();

    JsonNode set =
        json(
            admin.put(
                "/v1/policies/record",
                "{\"reason\":\"audit wants it\",\"requirePrivacy\":true,"
                    + "\"recordProtocols\":[\"ALTSRP_GCM_AES128_REKEY\",\"ALTSRP_GMAC_128\"]}"));

    assertThat(set.get("version").asLong()).isEqualTo(before + 1);
    assertThat(set.get("author").asString()).isEqualTo("/human/petra");
    assertThat(json(admin.get("/v1/policies/record"))).isEqualTo(set);
    assertThat(set.get("policy").get("recordProtocols").valueStream().map(JsonNode::asString))
        .containsExactly("ALTSRP_GCM_AES128_REKEY", "ALTSRP_GMAC_128");
    var pushed = latest(WatchTopic.RECORD_POLICY).getRecordPolicy();
    assertThat(pushed.getRequirePrivacy()).isTrue();
    assertThat(pushed.getVersion()).isEqualTo(before + 1);
    assertThat(audited("policy.record"))
        .contains("\"admin\":\"/human/petra\"", "audit wants it", "privacy required");
  }

  @Test
  void revocationPolicyIsVersionedAndPushed() throws Exception {
    JsonNode set =
        json(
            admin.put(
                "/v1/policies/revocation",
                "{\"reason\":\"r\",\"whenStale\":\"refuse-new\",\"maxChannelLife\":\"90m\","
                    + "\"endChannelsWithPeerCertificate\":true}"));

    assertThat(set.get("policy").get("maxChannelLife").asString()).isEqualTo("1h30m");
    var pushed = latest(WatchTopic.REVOCATION_POLICY).getRevocationPolicy();
    assertThat(pushed.getWhenStale()).isEqualTo(StaleRevocation.REFUSE_NEW);
    assertThat(pushed.getMaxChannelLifeSeconds()).isEqualTo(5400);
    assertThat(pushed.getEndChannelsWithPeerCertificate()).isTrue();
    List<JsonNode> history =
        json(admin.get("/v1/policies/revocation/versions?limit=1"))
            .get("items")
            .valueStream()
            .toList();
    assertThat(history).containsExactly(set);
  }

  @Test
  void pacingIsPushed() throws Exception {
    json(admin.put("/v1/policies/pacing", "{\"reason\":\"r\",\"spreadSeconds\":60}"));

    assertThat(latest(WatchTopic.PACING).getPacing().getSpreadSeconds()).isEqualTo(60);
    for (String wrong : List.of("-1", "3601", "null")) {
      assertThat(
              admin
                  .put("/v1/policies/pacing", "{\"reason\":\"r\",\"spreadSeconds\":" + wrong + "}")
                  .statusCode())
          .isEqualTo(400);
    }
  }

  @Test
  void policyThatSomebodyElseReplacedMeanwhileIsNotOverwritten() {
    HttpResponse<String> read = admin.get("/v1/policies/pacing");
    String tag = read.headers().firstValue("ETag").orElseThrow();
    JsonNode mine = json(put(tag, "/v1/policies/pacing", pacing(10)));

    HttpResponse<String> late = put(tag, "/v1/policies/pacing", pacing(20));

    assertThat(tag).isEqualTo("\"%d\"".formatted(mine.get("version").asLong() - 1));
    assertThat(late.statusCode()).isEqualTo(412);
    assertThat(HumanClient.json(late).get("detail").asString())
        .contains("version " + mine.get("version").asLong());
    assertThat(HumanClient.json(late).get("hint").asString())
        .contains("altsctl policy pacing show");
    assertThat(json(admin.get("/v1/policies/pacing"))).isEqualTo(mine);
  }

  @Test
  void ofTwoWhoReplaceTheSameVersionAtOnceOneIsRefused() throws Exception {
    String tag = admin.get("/v1/policies/pacing").headers().firstValue("ETag").orElseThrow();
    List<Integer> answers = new ArrayList<>();

    try (ExecutorService admins = Executors.newFixedThreadPool(4)) {
      List<Callable<Integer>> attempts = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        String body = pacing(100 + i);
        attempts.add(() -> put(tag, "/v1/policies/pacing", body).statusCode());
      }
      for (Future<Integer> attempt : admins.invokeAll(attempts)) {
        answers.add(attempt.get());
      }
    }

    assertThat(answers).containsOnly(200, 412).containsOnlyOnce(200);
  }

  @Test
  void conditionThatIsNoVersionIsRefusedAndNoneIsNoCondition() {
    for (String wrong : List.of("7", "W/\"7\"", "\"x\"", "\"1\", \"2\"", "\"\"", "\"-1\"")) {
      assertThat(put(wrong, "/v1/policies/pacing", pacing(30)).statusCode())
          .as(wrong)
          .isEqualTo(400);
    }
    assertThat(put("*", "/v1/policies/pacing", pacing(30)).statusCode()).isEqualTo(200);
    HttpResponse<String> set = admin.put("/v1/policies/pacing", pacing(40));
    assertThat(set.statusCode()).isEqualTo(200);
    assertThat(set.headers().firstValue("ETag"))
        .isEqualTo(admin.get("/v1/policies/pacing").headers().firstValue("ETag"))
        .isPresent();
  }

  private static String pacing(int seconds) {
    return "{\"reason\":\"r\",\"spreadSeconds\":%d}".formatted(seconds);
  }

  private static HttpResponse<String> put(String ifMatch, String path, String json) {
    return admin.send(
        admin
            .request(path)
            .PUT(BodyPublishers.ofString(json))
            .header("Content-Type", "application/json")
            .header("If-Match", ifMatch)
            .build());
  }

  @Test
  @Tag("abuse-46")
  void noChannelMayOutliveTheRevocationThatNamesItsPeer() {
    for (String life :
        List.of("24h1s", "25h", "59s", "0s", "1d", "-1h", "", "h", "9999999999999h")) {
      assertThat(
              admin
                  .put(
                      "/v1/policies/revocation",
                      "{\"reason\":\"r\",\"maxChannelLife\":\"" + life + "\"}")
                  .statusCode())
          .as(life)
          .isEqualTo(400);
    }
    assertThat(
            admin
                .put("/v1/policies/revocation", "{\"reason\":\"r\",\"maxChannelLife\":\"24h\"}")
                .statusCode())
        .isEqualTo(200);
  }

  @Test
  void recordPolicyThatWouldStopTheFleetIsRefused() {
    for (String protocols :
        List.of(
            "",
            "\"ALTSRP_GMAC_128\"",
            "\"ALTSRP_GCM_AES128_REKEY\",\"ALTSRP_GCM_AES128_REKEY\"",
            "\"ALTSRP_GCM_AES128_REKEY\",\"ALTSRP_NONE\"",
            "null,\"ALTSRP_GCM_AES128_REKEY\"")) {
      assertThat(
              admin
                  .put(
                      "/v1/policies/record",
                      "{\"reason\":\"r\",\"recordProtocols\":[" + protocols + "]}")
                  .statusCode())
          .as(protocols)
          .isEqualTo(400);
    }
  }

  @Test
  void policyWithoutAReasonOrOfAnUnknownKindIsRefused() {
    assertThat(
            admin.put("/v1/policies/revocation", "{\"whenStale\":\"keep-serving\"}").statusCode())
        .isEqualTo(400);
    assertThat(admin.get("/v1/policies/naming").statusCode()).isEqualTo(404);
    assertThat(admin.get("/v1/policies/record/versions?after=x").statusCode()).isEqualTo(400);
  }

  @Test
  void banIsListedAndLifted() {
    String id = "spiffe://test.alts/demo/banned";
    json(
        admin.post(
            "/v1/revocations",
            "{\"spiffeId\":\"" + id + "\",\"ban\":true,\"reason\":\"broken into\"}"));
    assertThat(bans()).contains(id);

    json(admin.post("/v1/unbans", "{\"spiffeId\":\"" + id + "\",\"reason\":\"rebuilt\"}"));

    assertThat(bans()).doesNotContain(id);
    assertThat(audited("unban")).contains("/human/petra", "identity " + id, "rebuilt");
    assertThat(
            admin
                .post("/v1/unbans", "{\"spiffeId\":\"" + id + "\",\"reason\":\"again\"}")
                .statusCode())
        .isEqualTo(404);
    assertThat(
            admin
                .post("/v1/unbans", "{\"machine\":\"never-seen\",\"reason\":\"again\"}")
                .statusCode())
        .isEqualTo(404);
    assertThat(admin.post("/v1/unbans", "{\"reason\":\"nothing\"}").statusCode()).isEqualTo(400);
  }

  private static List<String> bans() {
    return json(admin.get("/v1/bans"))
        .get("items")
        .valueStream()
        .map(ban -> ban.get("spiffeId").asString())
        .toList();
  }

  private static WatchResponse latest(WatchTopic topic) throws InvalidProtocolBufferException {
    return WatchResponse.parseFrom(
        CA.jdbc()
            .queryForObject(
                "select payload from watch_event where topic = ? order by sequence desc limit 1",
                byte[].class,
                topic.number()));
  }

  private static String audited(String act) {
    return CA.jdbc()
        .queryForObject(
            """
            select body from audit_event where type = 'AdminActed' and body like ?
            order by recorded_at desc limit 1
            """,
            String.class,
            "%\"act\":\"" + act + "\"%");
  }

  private static JsonNode json(HttpResponse<String> response) {
    assertThat(response.statusCode()).as(response.body()).isIn(200, 201);
    return HumanClient.json(response);
  }
}
