package dev.alts.ca.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import dev.alts.ca.approvals.ApprovalProperties;
import dev.alts.ca.configuration.StartRefusedException;
import dev.alts.ca.humans.EnrolmentPurpose;
import dev.alts.ca.testing.HttpsSite;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateEncodingException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A CA with all that is off by default: acts that take two admins, tokens, narrow limits. */
class SecondAdminTest {
  private static final ECKey KEY = newKey();
  private static HttpsSite provider;
  private static RunningCa ca;
  private static HumanClient alice;
  private static HumanClient bob;
  private static HumanClient nobody;

  @BeforeAll
  static void twoAdminsAndAProvider(@TempDir Path directory)
      throws IOException, CertificateEncodingException {
    provider =
        HttpsSite.start(
            "localhost",
            (path, connection) -> {
              String issuer = issuer();
              HttpsSite.write(
                  connection,
                  HttpsSite.json(
                      path.equals("/.well-known/openid-configuration")
                          ? "{\"issuer\":\"%s\",\"jwks_uri\":\"%s/keys\"}".formatted(issuer, issuer)
                          : new JWKSet(KEY.toPublicJWK()).toString()));
            });
    Path roots = directory.resolve("roots.pem");
    Files.writeString(
        roots,
        "-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----\n"
            .formatted(Base64.getMimeEncoder().encodeToString(provider.root().getEncoded())));
    ca =
        RunningCa.with(
            "alts.ca.four-eyes.kinds=taint,revoke,ban,rule-delete,role-grant",
            "alts.ca.oidc.issuer=" + issuer(),
            "alts.ca.oidc.audience=alts",
            "alts.ca.oidc.claim=email",
            "alts.ca.oidc.claim-suffix=@example.com",
            "alts.ca.oidc.amr-values=mfa",
            "alts.ca.oidc.roots=" + roots,
            "alts.ca.fetch.private-networks=127.0.0.0/8,::1/128",
            "alts.ca.admin.limits.changes-per-minute=60");
    alice = login("alice", EnrolmentPurpose.ADMIN);
    bob = login("bob", EnrolmentPurpose.ADMIN);
    nobody = HumanClient.anonymous(ca);
  }

  @AfterAll
  static void stop() {
    alice.close();
    bob.close();
    nobody.close();
    ca.close();
    provider.close();
  }

  private static String issuer() {
    return "https://localhost:" + provider.port();
  }

  @Test
  void aRevocationWaitsForASecondAdminAndBothNamesAreInTheLog() {
    HttpResponse<String> asked = revoke(alice, "spiffe://test.alts/four/eyes");
    long id = HumanClient.json(asked).get("id").asLong();

    assertThat(asked.statusCode()).isEqualTo(202);
    assertThat(asked.headers().firstValue("Location")).hasValue("/v1/approvals/" + id);
    assertThat(bob.get("/v1/revocations").body()).doesNotContain("four/eyes");

    assertThat(decide(alice, id, "approve").statusCode()).isEqualTo(403);
    HttpResponse<String> approved = decide(bob, id, "approve");

    assertThat(HumanClient.json(approved).get("state").asString()).isEqualTo("executed");
    assertThat(HumanClient.json(approved).get("outcome").asString()).contains("counter");
    assertThat(bob.get("/v1/revocations").body()).contains("four/eyes");
    assertThat(bob.get("/v1/audit/events?text=four/eyes").body())
        .contains("approval.request revoke", "approval.approve")
        .contains("/human/alice, approved by /human/bob");
    assertThat(decide(bob, id, "approve").statusCode()).isEqualTo(409);
  }

  @Test
  void ofManyApprovalsOneDoesIt() throws Exception {
    long id = id(revoke(alice, "spiffe://test.alts/four/once"));
    CountDownLatch together = new CountDownLatch(1);
    List<Integer> statuses = new ArrayList<>();
    try (ExecutorService callers = Executors.newFixedThreadPool(4)) {
      List<Future<Integer>> calls = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        calls.add(
            callers.submit(() -> {
              together.await();
              return decide(bob, id, "approve").statusCode();
            }));
      }
      together.countDown();
      for (Future<Integer> call : calls) {
        statuses.add(call.get());
      }
    }

    assertThat(statuses).containsOnlyOnce(200).contains(409);
    assertThat(
            ca.jdbc()
                .queryForObject(
                    "SELECT count(*) FROM audit_event WHERE type = 'CertificateRevoked'"
                        + " AND body LIKE '%four/once%'",
                    Integer.class))
        .isEqualTo(1);
  }

  @Test
  void whatWasRejectedTakenBackOrIsOverIsNotDone() {
    long rejected = id(revoke(alice, "spiffe://test.alts/four/rejected"));
    long takenBack = id(revoke(alice, "spiffe://test.alts/four/back"));
    long over = id(revoke(alice, "spiffe://test.alts/four/over"));
    ca.jdbc()
        .update(
            "UPDATE approval SET expires_at = now() - interval '1 second' WHERE approval_id = ?",
            over);

    assertThat(decide(bob, rejected, "reject").statusCode()).isEqualTo(200);
    assertThat(decide(alice, takenBack, "reject").statusCode()).isEqualTo(200);
    for (long id : List.of(rejected, takenBack, over)) {
      assertThat(decide(bob, id, "approve").statusCode()).isEqualTo(409);
    }
    assertThat(HumanClient.json(bob.get("/v1/approvals/" + over)).get("state").asString())
        .isEqualTo("expired");
    assertThat(bob.get("/v1/approvals?pending=true").body()).doesNotContain("four/over");
    assertThat(bob.get("/v1/revocations").body()).doesNotContain("four/rejected", "four/over");
  }

  @Test
  @Tag("abuse-42")
  void whoLostTheRoleMeanwhileHasNothingDoneInTheirNameAndCannotApprove() {
    try (HumanClient carol = login("carol", EnrolmentPurpose.ADMIN)) {
      long asked = id(revoke(carol, "spiffe://test.alts/four/carol"));
      long waiting = id(revoke(alice, "spiffe://test.alts/four/alice"));
      ca.jdbc().update("UPDATE human SET admin = false WHERE name = 'carol'");

      assertThat(decide(carol, waiting, "approve").statusCode()).isEqualTo(403);
      assertThat(decide(bob, asked, "approve").statusCode()).isEqualTo(403);
      assertThat(bob.get("/v1/revocations").body()).doesNotContain("four/carol");
    }
  }

  @Test
  void deletingARuleTakesTwoAndOnlyForTheVersionThatWasSeen() {
    String web = rule("web");
    String api = rule("api");
    assertThat(rules(alice, web + "," + api).statusCode()).isEqualTo(200);

    long stale = id(rules(alice, web));
    assertThat(rules(alice, web + "," + api + "," + rule("more")).statusCode()).isEqualTo(200);
    JsonNode refused = HumanClient.json(decide(bob, stale, "approve"));

    assertThat(refused.get("state").asString()).isEqualTo("failed");
    assertThat(refused.get("outcome").asString()).contains("was to replace version");

    long fresh = id(rules(alice, web));
    assertThat(HumanClient.json(decide(bob, fresh, "approve")).get("state").asString())
        .isEqualTo("executed");
    assertThat(alice.get("/v1/rules").body()).contains("\"web\"").doesNotContain("\"api\"");
  }

  @Test
  void oneAdminDoesNotMakeTheSecondOne() {
    assertThat(alice.post("/v1/humans/eve/enrolments", "{\"admin\":true}").statusCode())
        .isEqualTo(409);
    login("eve", EnrolmentPurpose.MEMBER).close();
    HttpResponse<String> asked =
        alice.post("/v1/humans/eve/roles", "{\"role\":\"security-admin\",\"reason\":\"r\"}");

    assertThat(asked.statusCode()).isEqualTo(202);
    assertThat(alice.get("/v1/roles?human=eve").body()).contains("\"items\":[]");
    assertThat(HumanClient.json(decide(bob, id(asked), "approve")).get("state").asString())
        .isEqualTo("executed");
    assertThat(alice.get("/v1/roles?human=eve").body())
        .contains("/human/alice, approved by /human/bob");
  }

  @Test
  void aTokenOfTheProviderStandsForTheHumanInTheRegistry() {
    login("dora", EnrolmentPurpose.ADMIN).close();

    HttpResponse<String> self = withToken("/v1/self", token(UnaryOperator.identity(), "dora"));

    assertThat(self.statusCode()).isEqualTo(200);
    assertThat(HumanClient.json(self).get("spiffeId").asString())
        .isEqualTo("spiffe://test.alts/human/dora");
    assertThat(HumanClient.json(self).get("permissions").toString()).contains("rules.change");
    // Not the same admin twice, whatever they show.
    long id = id(revoke(alice, "spiffe://test.alts/four/token"));
    HttpResponse<String> own =
        nobody.send(
            nobody
                .request("/v1/approvals/%d/approve".formatted(id))
                .header("Authorization", "Bearer " + token(UnaryOperator.identity(), "alice"))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"reason\":\"mine\"}"))
                .build());
    assertThat(own.statusCode()).isEqualTo(403);
  }

  @Test
  @Tag("abuse-35")
  void aTokenThatIsNotExactlyWhatIsExpectedIsNobodys() throws JOSEException {
    login("frank", EnrolmentPurpose.ADMIN).close();
    Instant now = Instant.now();
    List<String> bad =
        List.of(
            token(c -> c.expirationTime(null), "frank"),
            token(c -> c.issueTime(null), "frank"),
            token(c -> c.expirationTime(Date.from(now.plus(Duration.ofDays(2)))), "frank"),
            token(c -> c.expirationTime(Date.from(now.minus(Duration.ofMinutes(2)))), "frank"),
            token(c -> c.audience("another"), "frank"),
            token(c -> c.issuer("https://evil.example"), "frank"),
            token(c -> c.claim("amr", List.of("pwd")), "frank"),
            token(c -> c.claim("email", "Frank@example.com"), "frank"),
            token(c -> c.claim("email", "frank@example.com.evil.example"), "frank"),
            token(c -> c.claim("email", List.of("frank@example.com")), "frank"),
            token(c -> c.claim("email_verified", null), "frank"),
            token(c -> c.claim("email_verified", false), "frank"),
            token(c -> c.claim("email_verified", "true"), "frank"),
            token(UnaryOperator.identity(), "nobody-knows"),
            signed(new JWSHeader.Builder(JWSAlgorithm.ES256).keyID("x").build(), newKey()),
            signed(
                new JWSHeader.Builder(JWSAlgorithm.ES256)
                    .keyID(KEY.getKeyID())
                    .type(new JOSEObjectType("logout+jwt"))
                    .build(),
                KEY),
            hmacWithThePublicKey(),
            new PlainJWT(claims("frank").build()).serialize(),
            "not.a.token");

    for (String token : bad) {
      HttpResponse<String> answer = withToken("/v1/self", token);
      assertThat(answer.statusCode()).as(token).isEqualTo(401);
      AccessTest.assertIsProblem(answer);
    }
    assertThat(withToken("/v1/self", token(UnaryOperator.identity(), "frank")).statusCode())
        .isEqualTo(200);
    ca.jdbc().update("UPDATE human SET disabled_at = now() WHERE name = 'frank'");
    assertThat(withToken("/v1/self", token(UnaryOperator.identity(), "frank")).statusCode())
        .isEqualTo(401);
  }

  @Test
  @Tag("abuse-42")
  void aCertificateAndATokenAtOnceAreRefused() {
    HttpResponse<String> answer =
        alice.send(
            alice
                .request("/v1/self")
                .header("Authorization", "Bearer " + token(UnaryOperator.identity(), "bob"))
                .GET()
                .build());

    assertThat(answer.statusCode()).isEqualTo(400);
  }

  @Test
  @Tag("abuse-41")
  void whoAsksTooOftenIsToldWhenToComeBackAndOthersAreServed() {
    try (HumanClient greedy = login("greedy", EnrolmentPurpose.ADMIN)) {
      HttpResponse<String> answer = greedy.post("/v1/rules/test", "{}");
      for (int i = 0; i < 500 && answer.statusCode() != 429; i++) {
        answer = greedy.post("/v1/rules/test", "{}");
      }

      assertThat(answer.statusCode()).isEqualTo(429);
      assertThat(answer.headers().firstValue("Retry-After"))
          .hasValueSatisfying(seconds -> assertThat(Long.parseLong(seconds)).isBetween(1L, 60L));
      AccessTest.assertIsProblem(answer);
      assertThat(alice.post("/v1/rules/test", "{}").statusCode()).isEqualTo(400);
    }
  }

  @Test
  void aKindThatThereIsNotIsNoConfiguration() {
    assertThatThrownBy(() -> new ApprovalProperties(List.of("Revoke"), Duration.ofHours(1)))
        .isInstanceOf(StartRefusedException.class)
        .hasMessageContaining("alts.ca.four-eyes.kinds");
  }

  private static HumanClient login(String name, EnrolmentPurpose purpose) {
    return HumanClient.login(ca, EnrolmentTest.code(ca, name, purpose));
  }

  private static HttpResponse<String> revoke(HumanClient admin, String id) {
    return admin.post(
        "/v1/revocations", "{\"spiffeId\":\"%s\",\"reason\":\"a test\"}".formatted(id));
  }

  private static HttpResponse<String> rules(HumanClient admin, String rules) {
    return admin.put("/v1/rules", "{\"reason\":\"a test\",\"rules\":[%s]}".formatted(rules));
  }

  private static String rule(String name) {
    return "{\"name\":\"%1$s\",\"when\":\"machine.labels.env == \\\"%1$s\\\"\",\"identity\":\"/x/%1$s\"}"
        .formatted(name);
  }

  private static HttpResponse<String> decide(HumanClient admin, long id, String decision) {
    return admin.post("/v1/approvals/%d/%s".formatted(id, decision), "{\"reason\":\"seen\"}");
  }

  private static long id(HttpResponse<String> asked) {
    assertThat(asked.statusCode()).as(asked.body()).isEqualTo(202);
    return HumanClient.json(asked).get("id").asLong();
  }

  private static HttpResponse<String> withToken(String path, String token) {
    return nobody.send(
        nobody.request(path).header("Authorization", "Bearer " + token).GET().build());
  }

  private static ECKey newKey() {
    try {
      return new ECKeyGenerator(Curve.P_256).keyID("k-" + HumanClient.RANDOM.nextInt()).generate();
    } catch (JOSEException e) {
      throw new AssertionError(e);
    }
  }

  private static JWTClaimsSet.Builder claims(String human) {
    Instant now = Instant.now();
    return new JWTClaimsSet.Builder()
        .issuer(issuer())
        .audience("alts")
        .subject("1234")
        .claim("email", human + "@example.com")
        .claim("email_verified", true)
        .claim("amr", List.of("pwd", "mfa"))
        .issueTime(Date.from(now.plusSeconds(1)))
        .expirationTime(Date.from(now.plus(Duration.ofMinutes(10))));
  }

  private static String token(UnaryOperator<JWTClaimsSet.Builder> change, String human) {
    try {
      return sign(
          new JWSHeader.Builder(JWSAlgorithm.ES256).keyID(KEY.getKeyID()).build(),
          change.apply(claims(human)).build(),
          new ECDSASigner(KEY));
    } catch (JOSEException e) {
      throw new AssertionError(e);
    }
  }

  private static String signed(JWSHeader header, ECKey key) throws JOSEException {
    return sign(header, claims("frank").build(), new ECDSASigner(key));
  }

  private static String hmacWithThePublicKey() throws JOSEException {
    byte[] known = KEY.toPublicJWK().toString().getBytes(StandardCharsets.UTF_8);
    return sign(
        new JWSHeader.Builder(JWSAlgorithm.HS256).keyID(KEY.getKeyID()).build(),
        claims("frank").build(),
        new MACSigner(known));
  }

  private static String sign(JWSHeader header, JWTClaimsSet claims, JWSSigner signer)
      throws JOSEException {
    SignedJWT token = new SignedJWT(header, claims);
    token.sign(signer);
    return token.serialize();
  }
}
