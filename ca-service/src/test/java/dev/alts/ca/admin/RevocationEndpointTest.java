package dev.alts.ca.admin;

import static dev.alts.ca.admin.HumanClient.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.alts.ca.crl.Crls;
import dev.alts.ca.humans.EnrolmentPurpose;
import dev.alts.ca.issuance.CertificateProfile;
import dev.alts.ca.issuance.CertificateRequest;
import dev.alts.ca.issuance.IdempotencyKey;
import dev.alts.ca.issuance.IssuanceAuthorization;
import dev.alts.ca.issuance.IssuanceOutcome;
import dev.alts.ca.issuance.IssuanceService;
import dev.alts.identity.Bytes;
import dev.alts.identity.SpiffeId;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Revoking over REST: first what it would hit, then doing it, then reading what was done. */
class RevocationEndpointTest {
  private static final RunningCa CA = RunningCa.get();
  private static HumanClient admin;

  @BeforeAll
  static void logIn() {
    CA.forgetHumans();
    admin = HumanClient.login(CA, EnrolmentTest.code(CA, "rita", EnrolmentPurpose.FIRST_ADMIN));
  }

  @AfterAll
  static void leave() {
    admin.close();
  }

  @Test
  void previewNamesWhatWouldBeHitAndChangesNothing() {
    issue("/shop/cart", "till-1", CertificateProfile.WORKLOAD_MASTER);
    issue("/shop/cart", "till-2", CertificateProfile.WORKLOAD_MASTER);
    issue("/shop/cart", "till-2", CertificateProfile.WORKLOAD_HANDED_OUT);
    issue("/shop/other", "till-2", CertificateProfile.WORKLOAD_MASTER);
    long before = counter();

    JsonNode preview =
        json(
            admin.post(
                "/v1/revocations/preview?limit=1",
                "{\"spiffeId\":\"spiffe://test.alts/shop/cart\"}"));
    JsonNode machine = json(admin.post("/v1/revocations/preview", "{\"machine\":\"till-2\"}"));

    assertThat(preview.get("certificates").asLong()).isEqualTo(3);
    assertThat(preview.get("profiles").get("WORKLOAD_MASTER").asLong()).isEqualTo(2);
    assertThat(preview.get("identities").get("count").asLong()).isEqualTo(1);
    assertThat(preview.get("machines").get("count").asLong()).isEqualTo(2);
    assertThat(texts(preview.get("machines").get("first"))).containsExactly("till-1");
    assertThat(texts(preview.get("channels"))).containsExactly("alts", "tls");
    assertThat(preview.get("hitsYou").asBoolean()).isFalse();
    assertThat(texts(machine.get("identities").get("first")))
        .containsExactly("spiffe://test.alts/shop/cart", "spiffe://test.alts/shop/other");
    assertThat(machine.get("expelled").asString()).isEqualTo("till-2");
    assertThat(counter()).isEqualTo(before);
  }

  @Test
  void entriesComeInPagesAndTellWhoRevokedAndWhy() {
    for (int i = 0; i < 3; i++) {
      assertThat(
              admin
                  .post(
                      "/v1/revocations",
                      """
                      {"revocationId":"00000000000abc%02d","reason":"stolen laptop",
                       "reasonCode":"keyCompromise"}\
                      """
                          .formatted(i))
                  .statusCode())
          .isEqualTo(201);
    }

    JsonNode first = json(admin.get("/v1/revocations?limit=2"));
    JsonNode second =
        json(admin.get("/v1/revocations?limit=2&after=" + first.get("next").asString()));

    assertThat(texts(first.get("items"), "what"))
        .containsExactly("00000000000abc02", "00000000000abc01");
    assertThat(texts(second.get("items"), "what")).startsWith("00000000000abc00");
    JsonNode entry = first.get("items").get(0);
    JsonNode shown = json(admin.get("/v1/revocations/" + entry.get("id").asString()));
    assertThat(shown).isEqualTo(entry);
    assertThat(shown.get("reasonCode").asString()).isEqualTo("keyCompromise");
    assertThat(shown.get("reason").asString()).isEqualTo("stolen laptop");
    assertThat(shown.get("author").asString()).isEqualTo("/human/rita");
    assertThat(admin.get("/v1/revocations/6f9619ff-8b86-4011-b42d-00cf4fc964ff").statusCode())
        .isEqualTo(404);
    assertThat(admin.get("/v1/revocations/x").statusCode()).isEqualTo(400);
    assertThat(admin.get("/v1/revocations?after=x").statusCode()).isEqualTo(400);
  }

  @Test
  void reasonCodesAreThoseOfTheStandard() {
    HttpResponse<String> refused =
        admin.post(
            "/v1/revocations",
            "{\"machine\":\"m\",\"reason\":\"x\",\"reasonCode\":\"certificateHold\"}");

    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(refused.body()).contains("keyCompromise", "privilegeWithdrawn");
  }

  @Test
  void anybodyMayFetchAListAndAdminsSeeHowAllStand() {
    CA.bean(Crls.class).refresh();
    JsonNode states = json(admin.get("/v1/crls"));
    String path = "/v1/crls/" + states.get("items").get(0).get("authority").asString();

    assertThat(states.get("items").get(0).get("signable").asBoolean()).isTrue();
    try (HumanClient nobody = HumanClient.anonymous(CA)) {
      HttpResponse<String> list = nobody.get(path);
      String tag = list.headers().firstValue("ETag").orElseThrow();
      assertThat(list.statusCode()).isEqualTo(200);
      assertThat(list.headers().firstValue("Content-Type")).contains("application/pkix-crl");
      assertThat(list.headers().firstValue("Cache-Control").orElseThrow())
          .contains("max-age=300", "public");
      assertThat(list.headers().firstValue("Last-Modified")).isPresent();
      HttpResponse<String> again =
          nobody.send(nobody.request(path).header("If-None-Match", tag).GET().build());
      assertThat(again.statusCode()).isEqualTo(304);
      assertThat(nobody.get("/v1/crls/" + "0".repeat(64)).statusCode()).isEqualTo(404);
      assertThat(nobody.get("/v1/crls/xyz").statusCode()).isEqualTo(400);
    }
  }

  @Test
  void anAdminWhoRevokesTheirOwnIdentityIsToldBeforeAndShutOutAfter() {
    try (HumanClient self =
        HumanClient.login(CA, EnrolmentTest.code(CA, "sam", EnrolmentPurpose.ADMIN))) {
      String own = "\"spiffeId\":\"spiffe://test.alts/human/sam\"";

      JsonNode preview = json(self.post("/v1/revocations/preview", "{" + own + "}"));
      assertThat(preview.get("hitsYou").asBoolean()).isTrue();
      assertThat(texts(preview.get("channels"))).containsExactly("human");
      assertThat(
              self.post("/v1/revocations", "{" + own + ",\"reason\":\"laptop lost\"}").statusCode())
          .isEqualTo(201);

      // The connection that it was done over counts no more than a new one.
      assertThat(self.get("/v1/revocations").statusCode()).isEqualTo(401);
      assertThat(self.get("/v1/documents").statusCode()).isEqualTo(401);
    }
  }

  private static void issue(String path, String machine, CertificateProfile profile) {
    IssuanceOutcome outcome =
        CA.bean(IssuanceService.class)
            .issue(
                new CertificateRequest(
                    IdempotencyKey.random(HumanClient.RANDOM),
                    new IssuanceAuthorization.RuleDecision(
                        SpiffeId.parse("spiffe://test.alts" + path), machine, "", "shop", 1),
                    profile,
                    Bytes.copyOf(HumanClient.newKey().getPublic().getEncoded()),
                    null));
    assertThat(outcome).isInstanceOf(IssuanceOutcome.Issued.class);
  }

  private static long counter() {
    return json(admin.get("/v1/revocations")).get("counter").asLong();
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(element -> texts.add(element.asString()));
    return texts;
  }

  private static List<String> texts(JsonNode array, String member) {
    List<String> texts = new ArrayList<>();
    array.forEach(element -> texts.add(element.get(member).asString()));
    return texts;
  }
}
