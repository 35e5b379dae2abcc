package dev.alts.ca.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.RSAKey;
import dev.alts.ca.exchange.ExchangeReview;
import dev.alts.ca.exchange.KeyProof;
import dev.alts.ca.humans.EnrolmentPurpose;
import dev.alts.ca.policy.IdentityRules;
import dev.alts.ca.policy.InvalidRulesException;
import dev.alts.ca.policy.RuleDraft;
import dev.alts.ca.testing.OidcIssuer;
import dev.alts.identity.Bytes;
import dev.alts.identity.EntityKind;
import dev.alts.identity.crypto.EcdsaP256;
import dev.alts.identity.x509.SvidCertificate;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Tokens of a real OIDC issuer over HTTPS, exchanged over REST with a complete CA. */
class ExchangeTest {
  private static final RunningCa CA = RunningCa.get();
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final RSAKey STRANGER = OidcIssuer.newRsaKey("first");

  private static final RuleDraft JOBS =
      RuleDraft.of(
          "jobs",
          "verified.oidc.issuer == 'ci' && verified.oidc.repository == 'pay'",
          "/jobs/{verified.oidc.repository}",
          "24h");

  private static OidcIssuer issuer;
  private static HumanClient admin;
  private static HumanClient job;

  @BeforeAll
  static void anIssuerIsTrusted() {
    CA.forgetHumans();
    issuer = OidcIssuer.start();
    admin = HumanClient.login(CA, EnrolmentTest.code(CA, "alice", EnrolmentPurpose.ADMIN));
    job = HumanClient.anonymous(CA);
    assertThat(add("ci", issuer, "\"required\":{\"owner\":\"acme\"}").statusCode()).isEqualTo(201);
  }

  @AfterAll
  static void theyLeave() {
    CA.jdbc().execute("DELETE FROM exchange_issuer");
    apply();
    admin.close();
    job.close();
    issuer.close();
  }

  @BeforeEach
  void theRuleIsInForce() {
    apply(JOBS);
  }

  private static void apply(RuleDraft... rules) {
    try {
      var _ = CA.bean(IdentityRules.class).apply(List.of(rules), "test", "test");
    } catch (InvalidRulesException e) {
      throw new AssertionError(e);
    }
  }

  private static HttpResponse<String> add(String name, OidcIssuer issuer, String tenant) {
    return admin.post(
        "/v1/exchange/issuers",
        """
        {"name":"%s","url":"%s","audience":"alts","roots":["%s"],"algorithms":["RS256","PS256"],
         "facts":{"repository":"repository","run":"/run/number"},"reason":"test",%s}\
        """
            .formatted(name, issuer.url(), issuer.root(), tenant));
  }

  /** What a caller has: two keys. */
  private record Caller(KeyPair master, KeyPair tls) {
    static Caller fresh() {
      return new Caller(HumanClient.newKey(), HumanClient.newKey());
    }

    HttpResponse<String> exchange(String token) {
      return exchange(token, token, "");
    }

    HttpResponse<String> exchange(String token, String proven, String spiffeId) {
      return job.post(
          "/v1/exchange",
          JSON.writeValueAsString(
              Map.of(
                  "token",
                  token,
                  "spiffeId",
                  spiffeId,
                  "master",
                  key(master, proven),
                  "tls",
                  key(tls, proven))));
    }

    private Map<String, String> key(KeyPair key, String token) {
      Bytes message = KeyProof.message(token, HumanClient.spki(master), HumanClient.spki(tls));
      return Map.of(
          "spki", HumanClient.base64(key.getPublic().getEncoded()),
          "proof",
              HumanClient.base64(EcdsaP256.best().sign(key.getPrivate(), message.toByteArray())));
    }
  }

  private static SvidCertificate svid(HttpResponse<String> answer, String which) throws Exception {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return SvidCertificate.parse(
        Bytes.copyOf(
            Base64.getDecoder().decode(HumanClient.json(answer).get(which).get(0).asString())));
  }

  @Test
  void aJobsTokenGivesShortLivedCertificatesOfAWorkloadWithoutAMachine() throws Exception {
    HttpResponse<String> answer = Caller.fresh().exchange(issuer.token());

    for (String which : List.of("master", "tls")) {
      SvidCertificate certificate = svid(answer, which);
      var attributes = certificate.attributes().orElseThrow();
      assertThat(certificate.id()).hasToString("spiffe://test.alts/jobs/pay");
      assertThat(attributes.kind()).isEqualTo(EntityKind.WORKLOAD);
      assertThat(attributes.machine()).isEmpty();
      assertThat(attributes.boundary()).isEmpty();
      assertThat(attributes.mayDelegate()).isEqualTo(which.equals("master"));
      // The rule says 24 hours.
      assertThat(Duration.between(attributes.issuedAt(), certificate.notAfter()))
          .isEqualTo(Duration.ofHours(1));
      assertThat(admin.get("/v1/svids/" + certificate.x509().getSerialNumber().toString(16)).body())
          .contains("jobs/pay");
    }
    JsonNode body = HumanClient.json(answer);
    assertThat(body.get("rule").asString()).isEqualTo("jobs");
    var documents =
        dev.alts.api.credentials.v1.CredentialSnapshot.parseFrom(
            Base64.getDecoder().decode(body.get("documents").asString()));
    assertThat(documents.getDomains(0).hasTrustDocument()).isTrue();
    assertThat(documents.hasNamingPolicy()).isTrue();
    assertThat(documents.getResumptionKeysList()).isEmpty();
  }

  @Test
  @Tag("abuse-43")
  void theAuditLogHasWhatTheTokenSaysAndNeverTheToken() {
    String token = issuer.token();
    assertThat(Caller.fresh().exchange(token).statusCode()).isEqualTo(200);

    List<String> bodies =
        CA.jdbc()
            .queryForList(
                "SELECT body FROM audit_event WHERE body LIKE '%verified.oidc%'", String.class);
    assertThat(bodies)
        .anySatisfy(body -> assertThat(body).contains("repo:acme/pay", "jobs/pay", "\"ci\""))
        .noneSatisfy(body -> assertThat(body).contains(token.substring(token.lastIndexOf('.'))));
  }

  @Test
  @Tag("abuse-1")
  void sixtyFourCallersWithOneTokenAreOneThatGetsSomething() throws Exception {
    String token = issuer.token();
    List<Future<HttpResponse<String>>> answers = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 64; i++) {
        Caller caller = Caller.fresh();
        answers.add(
            threads.submit(() -> {
              HttpResponse<String> answer = caller.exchange(token);
              // Too many at once: the same request again, as the answer says.
              while (answer.statusCode() == 503) {
                java.util.concurrent.locks.LockSupport.parkNanos(200_000_000);
                answer = caller.exchange(token);
              }
              return answer;
            }));
      }
    }
    List<Integer> statuses = new ArrayList<>();
    for (Future<HttpResponse<String>> answer : answers) {
      statuses.add(answer.get().statusCode());
    }

    assertThat(statuses.stream().filter(status -> status == 200)).hasSize(1);
    assertThat(statuses.stream().filter(status -> status == 403)).hasSize(63);
  }

  @Test
  @Tag("abuse-51")
  void theSameRequestAgainGivesTheSameCertificatesAndAnotherOneNothing() {
    String token = issuer.token();
    Caller caller = Caller.fresh();
    JsonNode first = HumanClient.json(caller.exchange(token));
    JsonNode again = HumanClient.json(caller.exchange(token));

    assertThat(again.get("master")).isEqualTo(first.get("master")).isNotNull();
    assertThat(again.get("tls")).isEqualTo(first.get("tls"));
    assertThat(Caller.fresh().exchange(token).body()).contains("used before");
  }

  @Test
  @Tag("abuse-32")
  void whoCannotProveTheKeysGetsNothingAndTheTokenStaysGood() {
    String token = issuer.token();
    Caller caller = Caller.fresh();

    HttpResponse<String> stolenProof = caller.exchange(token, issuer.token(), "");
    assertThat(stolenProof.statusCode()).isEqualTo(400);
    assertThat(stolenProof.body()).contains("proof of possession");
    assertThat(new Caller(caller.master(), caller.master()).exchange(token).statusCode())
        .isEqualTo(400);

    assertThat(caller.exchange(token).statusCode()).isEqualTo(200);
  }

  /** A token that is not as it must be, and what the answer says about it. */
  private record BadToken(String name, Function<OidcIssuer, String> make, String because) {
    static BadToken claims(String name, Consumer<Map<String, Object>> change, String because) {
      return new BadToken(
          name,
          issuer -> {
            Map<String, Object> claims = issuer.claims();
            change.accept(claims);
            return issuer.token(claims);
          },
          because);
    }

    static BadToken header(String name, Consumer<JWSHeader.Builder> change, String because) {
      return new BadToken(
          name,
          issuer -> {
            JWSHeader.Builder header = new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("first");
            change.accept(header);
            return OidcIssuer.sign(
                issuer.key(), header.build(), JSON.writeValueAsString(issuer.claims()));
          },
          because);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private static long now() {
    return Instant.now().getEpochSecond();
  }

  private static String part(String json) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(json.getBytes(StandardCharsets.UTF_8));
  }

  /** The public key as the secret of an HMAC: who believes "alg" verifies with what all know. */
  private static String signedWithThePublicKey(OidcIssuer issuer) {
    try {
      JWSHeader header = new JWSHeader.Builder(JWSAlgorithm.HS256).keyID("first").build();
      var token =
          new com.nimbusds.jose.JWSObject(
              header, new com.nimbusds.jose.Payload(JSON.writeValueAsString(issuer.claims())));
      token.sign(new MACSigner(issuer.key().toRSAPublicKey().getEncoded()));
      return token.serialize();
    } catch (JOSEException e) {
      throw new AssertionError(e);
    }
  }

  static Stream<BadToken> badTokens() {
    JWK ec = OidcIssuer.newEcKey("first");
    return Stream.of(
        // abuse-12: audience, tenant, issuer
        BadToken.claims("for another audience", c -> c.put("aud", "others"), "aud:"),
        BadToken.claims("for another beside us", c -> c.put("aud", List.of("alts", "b")), "aud:"),
        BadToken.claims("for nobody", c -> c.remove("aud"), "aud:"),
        BadToken.claims("of another tenant", c -> c.put("owner", "evil"), "owner:"),
        BadToken.claims("of a tenant in other case", c -> c.put("owner", "Acme"), "owner:"),
        BadToken.claims("of no tenant", c -> c.remove("owner"), "owner:"),
        BadToken.claims("of an unknown issuer", c -> c.put("iss", "https://localhost"), "iss:"),
        BadToken.claims(
            "of the issuer with a slash", c -> c.put("iss", c.get("iss") + "/"), "iss:"),
        BadToken.claims("of nobody", c -> c.remove("iss"), "iss:"),
        // abuse-35: what tokens are attacked with
        new BadToken(
            "unsigned",
            issuer ->
                part("{\"alg\":\"none\"}")
                    + "."
                    + part(JSON.writeValueAsString(issuer.claims()))
                    + ".AA",
            "alg:"),
        new BadToken("signed with the public key", ExchangeTest::signedWithThePublicKey, "alg:"),
        new BadToken(
            "by an algorithm that the issuer may not use",
            issuer -> OidcIssuer.sign(ec, JWSAlgorithm.ES256, issuer.claims()),
            "alg:"),
        new BadToken(
            "signed by somebody else",
            issuer -> OidcIssuer.sign(STRANGER, JWSAlgorithm.RS256, issuer.claims()),
            "signature"),
        new BadToken(
            "with other claims",
            issuer -> {
              String[] parts = issuer.token().split("\\.");
              return parts[0]
                  + "."
                  + part(JSON.writeValueAsString(issuer.claims()))
                  + "."
                  + parts[2];
            },
            "signature"),
        BadToken.header("bringing its key along", h -> h.jwk(STRANGER.toPublicJWK()), "header:"),
        BadToken.header(
            "naming where its key is",
            h -> h.jwkURL(java.net.URI.create("https://evil.example/keys")),
            "header:"),
        BadToken.header("of another kind", h -> h.type(new JOSEObjectType("wit+jwt")), "typ:"),
        BadToken.header("with a key by path", h -> h.keyID("../../dev/null"), "signature"),
        new BadToken(
            "with doubled names",
            issuer ->
                OidcIssuer.sign(
                    issuer.key(),
                    new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("first").build(),
                    JSON.writeValueAsString(issuer.claims())
                        .replaceFirst("}$", ",\"owner\":\"acme\"}")),
            "claims:"),
        new BadToken("no token", issuer -> "abc", "compact form"),
        new BadToken("too long", issuer -> issuer.token() + "A".repeat(8192), "compact form"),
        BadToken.claims("without an end", c -> c.remove("exp"), "exp:"),
        BadToken.claims("expired", c -> c.put("exp", now() - 60), "exp:"),
        BadToken.claims("good for years", c -> c.put("exp", now() + 100_000_000), "exp:"),
        BadToken.claims("good for ever", c -> c.put("exp", 1e300), "exp:"),
        BadToken.claims("not valid yet", c -> c.put("nbf", now() + 600), "not valid yet"),
        BadToken.claims("from the future", c -> c.put("iat", now() + 600), "not valid yet"),
        BadToken.claims("old", c -> c.put("iat", now() - 3600), "older than"),
        BadToken.claims("without a beginning", c -> c.remove("iat"), "iat:"),
        BadToken.claims("with a time as text", c -> c.put("exp", "tomorrow"), "exp:"),
        BadToken.claims("about nobody", c -> c.remove("sub"), "sub:"));
  }

  @ParameterizedTest
  @MethodSource("badTokens")
  @Tag("abuse-12")
  @Tag("abuse-35")
  void aTokenThatIsNotAsItMustBeIsRefusedWithTheReason(BadToken bad) {
    HttpResponse<String> answer = Caller.fresh().exchange(bad.make().apply(issuer));

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(403);
    assertThat(HumanClient.json(answer).get("detail").asString()).contains(bad.because());
  }

  @Test
  void aTokenThatGivesNothingIsNotUsedUp() {
    Map<String, Object> claims = issuer.claims();
    claims.put("repository", "other");
    String token = issuer.token(claims);

    HttpResponse<String> refused = Caller.fresh().exchange(token);
    assertThat(refused.statusCode()).isEqualTo(403);
    assertThat(refused.body()).contains("verified.oidc.repository");

    apply(JOBS, RuleDraft.of("other", "verified.oidc.issuer == 'ci'", "/jobs/any", "10m"));
    assertThat(Caller.fresh().exchange(token).statusCode()).isEqualTo(200);
  }

  @Test
  @Tag("abuse-3")
  void onlyAnIdentityThatTheTokenGivesCanBeAskedFor() {
    String token = issuer.token();
    Caller caller = Caller.fresh();

    assertThat(caller.exchange(token, token, "spiffe://test.alts/human/alice").statusCode())
        .isEqualTo(403);
    assertThat(caller.exchange(token, token, "spiffe://test.alts/jobs/pay").statusCode())
        .isEqualTo(200);
  }

  /** Rules for machines, however wide, give nothing to those who have none. */
  @Test
  @Tag("abuse-10")
  void aRuleForAnyMachineIsNoneForNoMachine() {
    apply(new RuleDraft("all", "true", "/all", false, "1h", "", 0, false, true));

    assertThat(Caller.fresh().exchange(issuer.token()).statusCode()).isEqualTo(403);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "verified.oidc.subject == 'x'",
        "has(verified.oidc.issuer)",
        "verified.oidc.issuer != 'ci'",
        "verified.oidc.issuer == verified.oidc.subject",
        "verified.oidc.issuer == 'ci' || verified.oidc.repository == 'pay'",
        "!(verified.oidc.issuer == 'ci')",
        "verified.oidc.issuer in [verified.oidc.subject]",
        "verified.oidc.issuer == 'ci' && machine.name == 'm'",
        "verified.oidc.issuer == 'ci' && workload.unix.uid == 0"
      })
  @Tag("abuse-12")
  void aRuleMustNameTheIssuerInEveryAlternativeAndNoMachine(String when) {
    assertThatThrownBy(() ->
            CA.bean(IdentityRules.class)
                .apply(List.of(RuleDraft.of("r", when, "/a", "1h")), "test", "test"))
        .isInstanceOf(InvalidRulesException.class)
        .hasMessageContaining("verified.oidc");
  }

  @Test
  void bannedIdentitiesGetNothingAndTheTokenStaysGood() {
    String token = issuer.token();
    CA.jdbc()
        .update(
            "INSERT INTO banned_identity (spiffe_id, reason) VALUES (?, 'test')",
            "spiffe://test.alts/jobs/pay");
    try {
      assertThat(Caller.fresh().exchange(token).body()).contains("is banned");
    } finally {
      CA.jdbc().execute("DELETE FROM banned_identity");
    }
    assertThat(Caller.fresh().exchange(token).statusCode()).isEqualTo(200);
  }

  @Test
  void whatTheRulesGiveNoMoreIsRevoked() throws Exception {
    SvidCertificate certificate = svid(Caller.fresh().exchange(issuer.token()), "tls");

    apply();
    CA.bean(ExchangeReview.class).run();

    assertThat(revoked())
        .contains(certificate.attributes().orElseThrow().revocationId().toString());
  }

  @Test
  void anIssuerThatIsRemovedTakesWithItWhatItsTokensGave() throws Exception {
    try (OidcIssuer other = OidcIssuer.start()) {
      assertThat(add("other", other, "\"singleTenant\":true").statusCode()).isEqualTo(201);
      assertThat(add("other", other, "\"singleTenant\":true").statusCode()).isEqualTo(409);
      apply(RuleDraft.of("other", "verified.oidc.issuer == 'other'", "/jobs/other", "10m"));
      SvidCertificate certificate = svid(Caller.fresh().exchange(other.token()), "tls");
      assertThat(admin.get("/v1/exchange/issuers").body()).contains(other.url(), "/human/alice");

      HttpResponse<String> removed =
          admin.post("/v1/exchange/issuers/remove", "{\"name\":\"other\",\"reason\":\"left\"}");

      assertThat(HumanClient.json(removed).get("revoked").asInt()).isEqualTo(2);
      CA.bean(ExchangeReview.class).run();
      assertThat(revoked())
          .contains(certificate.attributes().orElseThrow().revocationId().toString());
      assertThat(Caller.fresh().exchange(other.token()).body()).contains("iss:");
    }
  }

  private static String revoked() {
    return admin.get("/v1/revocations").body();
  }

  @Test
  @Tag("abuse-12")
  void anIssuerOfManyTenantsIsNotTrustedWithoutAClaimThatNamesOurs() {
    HttpResponse<String> answer = add("many", issuer, "\"required\":{}");

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains("whose token it is");
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "HS256", "rs256"})
  @Tag("abuse-35")
  void noIssuerIsTrustedWithAnAlgorithmThatProvesNothing(String algorithm) {
    HttpResponse<String> answer =
        admin.post(
            "/v1/exchange/issuers",
            """
            {"name":"x","url":"https://x.example","audience":"alts","algorithms":["%s"],
             "singleTenant":true,"reason":"test"}\
            """
                .formatted(algorithm));

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains("algorithms:");
  }

  @Test
  @Tag("abuse-36")
  void anIssuerWhoseKeysCannotBeFetchedHasNone() {
    try (OidcIssuer silent = OidcIssuer.start();
        OidcIssuer liar = OidcIssuer.start()) {
      silent.fallSilent();
      liar.claimToBe(issuer.url());
      assertThat(add("silent", silent, "\"singleTenant\":true").statusCode()).isEqualTo(201);
      assertThat(add("liar", liar, "\"singleTenant\":true").statusCode()).isEqualTo(201);

      assertThat(Caller.fresh().exchange(silent.token()).statusCode()).isEqualTo(503);
      assertThat(Caller.fresh().exchange(liar.token()).statusCode()).isEqualTo(503);
    }
  }

  /** The first look is free; after it nobody can make the CA ask again and again. */
  @Test
  @Tag("abuse-31")
  void tokensOfUnknownKeysDoNotMakeTheCaAskAgainAndAgain() {
    try (OidcIssuer rotating = OidcIssuer.start()) {
      assertThat(add("rotating", rotating, "\"singleTenant\":true").statusCode()).isEqualTo(201);
      JWK next = OidcIssuer.newRsaKey("next");
      rotating.publish(next.toPublicJWK());
      apply(RuleDraft.of("r", "verified.oidc.issuer == 'rotating'", "/jobs/r", "10m"));

      String known = OidcIssuer.sign(next, JWSAlgorithm.RS256, rotating.claims());
      assertThat(Caller.fresh().exchange(known).statusCode()).isEqualTo(200);
      for (int i = 0; i < 20; i++) {
        JWK unknown = OidcIssuer.newEcKey("unknown-" + i);
        JWSHeader header =
            new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(unknown.getKeyID()).build();
        String token =
            OidcIssuer.sign(STRANGER, header, JSON.writeValueAsString(rotating.claims()));
        assertThat(Caller.fresh().exchange(token).statusCode()).isEqualTo(403);
      }
      assertThat(rotating.looks()).isLessThanOrEqualTo(2);
    }
  }
}
