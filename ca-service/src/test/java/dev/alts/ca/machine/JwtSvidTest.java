package dev.alts.ca.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alts.api.machine.v1.MachineGrpc;
import dev.alts.api.machine.v1.Refusal;
import dev.alts.api.machine.v1.SignJwtSvidRequest;
import dev.alts.api.machine.v1.SignJwtSvidResponse;
import dev.alts.ca.attestation.MachineAuthentication.Authenticated;
import dev.alts.ca.attestation.MachineName;
import dev.alts.ca.attestation.MachineProperties;
import dev.alts.ca.audit.AuditChains;
import dev.alts.ca.audit.AuditFailedException;
import dev.alts.ca.audit.AuditLog;
import dev.alts.ca.authority.JwtAuthorities;
import dev.alts.ca.authority.JwtAuthority;
import dev.alts.ca.jwt.JwtBundles;
import dev.alts.ca.jwt.JwtSvidRequest;
import dev.alts.ca.jwt.JwtSvids;
import dev.alts.ca.replica.ReplicaLease;
import dev.alts.ca.revocation.RevocationService;
import dev.alts.identity.SpiffeId;
import dev.alts.testing.ManualClock;
import io.grpc.StatusRuntimeException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.AlgorithmParameters;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** JWT-SVIDs over the Machine API, verified with nothing but the published key set and the JDK. */
class JwtSvidTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private static MachineCa ca;
  private static RawAgent agent;

  @BeforeAll
  static void startCa() {
    ca = MachineCa.start();
    ca.apply(MachineCa.WEB);
    agent = ca.attested("jwt-machine");
  }

  @AfterAll
  static void stopCa() {
    ca.close();
  }

  @Test
  void tokenSaysWhatWasAllowedAndVerifiesByThePublishedKeySet() throws Exception {
    SignJwtSvidResponse response = sign(request("https://db.example").setTtlSeconds(60));

    String token = response.getSvid().getToken();
    JsonNode claims = verified(token);
    assertThat(claims.propertyNames()).containsExactly("sub", "aud", "iat", "exp");
    assertThat(claims.get("sub").asString()).isEqualTo("spiffe://test.alts/demo/web");
    assertThat(claims.get("aud").toString()).isEqualTo("[\"https://db.example\"]");
    assertThat(claims.get("exp").asLong() - claims.get("iat").asLong()).isEqualTo(60);
    assertThat(response.getSvid().getExpiresAt()).isEqualTo(claims.get("exp").asLong());
    assertThat(part(token, 0).propertyNames()).containsExactly("alg", "kid", "typ");
    assertThat(part(token, 0).get("alg").asString()).isEqualTo("ES256");
  }

  @Test
  void lifeIsFiveMinutesUnlessAskedAndNeverAboveAnHourOrTheRules() throws Exception {
    assertThat(life(request("a"))).isEqualTo(300);
    assertThat(life(request("a").setTtlSeconds(7 * 24 * 3600))).isEqualTo(3600);
    assertThat(life(request("a").setTtlSeconds(-1))).isEqualTo(3600);
  }

  @Test
  @Tag("abuse-10")
  void tokenForNobodyOrForAnythingUnprintableIsRefused() {
    SignJwtSvidRequest.Builder nobody = request("x").clearAudiences();
    assertThat(sign(nobody).getRefusal().getReason()).isEqualTo(Refusal.Reason.BAD_REQUEST);
    for (String audience : List.of("", " ", "a\nb", "\u00e9", "a".repeat(256))) {
      assertThat(sign(request(audience)).getRefusal().getReason())
          .as(audience)
          .isEqualTo(Refusal.Reason.BAD_REQUEST);
    }
    assertThat(sign(request("a").addAudiences("a")).hasSvid()).isFalse();
    SignJwtSvidRequest.Builder many = request("a0");
    for (int i = 1; i <= 10; i++) {
      many.addAudiences("a" + i);
    }
    assertThat(sign(many).hasSvid()).isFalse();
  }

  @Test
  @Tag("abuse-3")
  void tokenIsGivenByTheRulesOnly() {
    SignJwtSvidRequest.Builder other = request("a");
    other.getFactsBuilder(0).setIntValue(4711);
    assertThat(sign(other).getRefusal().getReason()).isEqualTo(Refusal.Reason.NO_RULE_MATCHES);
    for (String id :
        List.of(
            "spiffe://test.alts/demo/admin",
            "spiffe://test.alts/ca",
            "spiffe://test.alts/machine/other",
            "spiffe://other.alts/demo/web")) {
      assertThat(sign(request("a").setSpiffeId(id)).getRefusal().getReason())
          .isEqualTo(Refusal.Reason.IDENTITY_NOT_GRANTED);
    }
  }

  @Test
  void decisionIsRecordedOnceAndEveryTokenIsCounted() {
    for (int i = 0; i < 3; i++) {
      assertThat(sign(request("counted")).hasSvid()).isTrue();
    }

    assertThat(ca.count("select tokens from jwt_svid_count where audiences = array['counted']"))
        .isEqualTo(3);
    assertThat(
            ca.count(
                "select count(*) from audit_event where type = 'JwtSvidAllowed'"
                    + " and body like '%counted%'"))
        .isEqualTo(1);
    assertThat(ca.bean(AuditChains.class).findings()).isEmpty();
  }

  @Test
  @Tag("abuse-43")
  void tokenThatCannotBeRecordedIsNotSigned() {
    ca.jdbc()
        .execute(
            "create function refuse_jwt() returns trigger language plpgsql as"
                + " $$ begin raise exception 'no space'; end $$;"
                + " create trigger refuse_jwt before insert on jwt_svid_count"
                + " for each row execute function refuse_jwt()");
    try {
      assertThatThrownBy(() -> sign(request("unrecorded")))
          .isInstanceOf(StatusRuntimeException.class);
    } finally {
      ca.jdbc().execute("drop function refuse_jwt() cascade");
    }
  }

  /** The token is not the first of its decision, so no audit event of it meets the fence. */
  @Test
  void replicaThatLostItsLeaseMeanwhileSignsNothing() {
    JwtSvidRequest request =
        new JwtSvidRequest(
            SpiffeId.parse("spiffe://test.alts/demo/web"),
            List.of("fenced"),
            JwtSvidRequest.USUAL,
            "m-1",
            "web",
            1);
    try (MachineCa stopped = MachineCa.start()) {
      JwtSvids tokens = stopped.bean(JwtSvids.class);
      assertThat(tokens.sign(request, () -> true).exposeToken()).isNotEmpty();

      stopped
          .bean(ReplicaLease.class)
          .run(() -> {
            // It was asleep, and goes on with what it had begun.
            stopped.jdbc().update("update replica set epoch = nextval('replica_epoch')");
            assertThatThrownBy(() -> tokens.sign(request, () -> true))
                .isInstanceOf(AuditFailedException.class);
          });

      assertThat(stopped.count("select tokens from jwt_svid_count")).isEqualTo(1);
    }
  }

  @Test
  void nextKeyIsPublishedBeforeItSignsAndARevokedOneVerifiesNothing() throws Exception {
    JwtAuthorities authorities = ca.bean(JwtAuthorities.class);
    JwtAuthority first = authorities.current();
    String before = sign(request("a")).getSvid().getToken();

    authorities.prepare("test");
    assertThat(keySet().size()).isEqualTo(authorities.published().size());
    assertThat(authorities.current().id()).isEqualTo(first.id());
    authorities.activate("test");
    String after = sign(request("a")).getSvid().getToken();

    assertThat(part(after, 0).get("kid")).isNotEqualTo(part(before, 0).get("kid"));
    verified(before);
    verified(after);
    assertThatThrownBy(() -> authorities.revoke(authorities.current().keyId(), "test"))
        .isInstanceOf(IllegalStateException.class);
    authorities.revoke(first.keyId(), "test");
    assertThatThrownBy(() -> verified(before)).hasMessageContaining("no key");
    verified(after);
    ca.bean(JwtBundles.class).publish();
    assertThat(ca.count("select sequence from watch_topic where topic = 14"))
        .as("the key set was pushed again")
        .isGreaterThan(1);
  }

  @Test
  void replicaWhoseKeyWasTakenAwayMeanwhileSignsWithThePresentOne() throws Exception {
    UUID stale = ca.bean(JwtAuthorities.class).current().id();
    try (MachineCa other = ca.replica()) {
      other.bean(JwtAuthorities.class).prepare("test");
      other.bean(JwtAuthorities.class).activate("test");
    }

    String token = sign(request("a")).getSvid().getToken();

    assertThat(ca.bean(JwtAuthorities.class).current().id()).isNotEqualTo(stale);
    verified(token);
  }

  @Test
  @Tag("abuse-41")
  void machineThatAsksForEverNewAudiencesFillsNoAuditLog() {
    ManualClock clock = new ManualClock(Instant.parse("2026-11-24T12:00:00Z"));
    SignJwt signing =
        new SignJwt(
            ca.bean(IssueDecisions.class),
            ca.bean(RevocationService.class),
            ca.bean(JwtSvids.class),
            ca.bean(AuditLog.class),
            clock);
    Authenticated flooding = machine("flooding");
    String recorded =
        "select count(*) from audit_event where body like '%\"flooding\"%'"
            + " and type in ('JwtSvidAllowed', 'IdentityRefused')";
    assertThat(signing.sign(flooding, request("f-0").build()).hasSvid()).isTrue();
    for (int i = 1; i < 120; i++) {
      SignJwtSvidRequest ask = i % 2 == 0 ? request("f-" + i).build() : request("").build();
      assertThat(signing.sign(flooding, ask).getRefusal().getReason())
          .isNotEqualTo(Refusal.Reason.QUOTA);
    }
    assertThat(ca.count(recorded)).isEqualTo(120);

    for (SignJwtSvidRequest more : List.of(request("f-new").build(), request("").build())) {
      Refusal refusal = signing.sign(flooding, more).getRefusal();
      assertThat(refusal.getReason()).isEqualTo(Refusal.Reason.QUOTA);
      assertThat(refusal.getExplanation()).contains("120").contains("again in a second");
    }
    assertThat(ca.count(recorded)).as("nothing more is recorded").isEqualTo(120);
    assertThat(ca.count("select count(*) from jwt_svid_count where audiences = array['f-new']"))
        .isZero();
    assertThat(signing.sign(flooding, request("f-0").build()).hasSvid())
        .as("what was allowed before goes on")
        .isTrue();
    assertThat(signing.sign(machine("modest"), request("f-0").build()).hasSvid()).isTrue();

    clock.advance(Duration.ofSeconds(1));
    assertThat(signing.sign(flooding, request("f-new").build()).hasSvid()).isTrue();
  }

  private static Authenticated machine(String name) {
    return new Authenticated(
        new MachineName(name),
        new MachineProperties("", Map.of("env", "prod")),
        "join_token",
        1,
        1,
        Instant.parse("2026-11-24T12:00:00Z"));
  }

  private static SignJwtSvidRequest.Builder request(String audience) {
    return SignJwtSvidRequest.newBuilder()
        .addFacts(RawAgent.stated("workload.unix.uid").setIntValue(1000))
        .addAudiences(audience);
  }

  private static SignJwtSvidResponse sign(SignJwtSvidRequest.Builder request) {
    return MachineGrpc.newBlockingStub(agent.channel()).signJwtSvid(request.build());
  }

  private static long life(SignJwtSvidRequest.Builder request) throws Exception {
    JsonNode claims = verified(sign(request).getSvid().getToken());
    return claims.get("exp").asLong() - claims.get("iat").asLong();
  }

  private static JsonNode keySet() {
    return JSON.readTree(ca.bean(JwtBundles.class).json()).get("keys");
  }

  private static JsonNode part(String token, int number) {
    return JSON.readTree(Base64.getUrlDecoder().decode(token.split("\\.")[number]));
  }

  private static JsonNode verified(String token) throws Exception {
    String kid = part(token, 0).get("kid").asString();
    for (JsonNode key : keySet()) {
      if (key.get("kid").asString().equals(kid)) {
        assertThat(key.get("use").asString()).isEqualTo("jwt-svid");
        Signature verifier = Signature.getInstance("SHA256withECDSAinP1363Format", "SunEC");
        AlgorithmParameters curve = AlgorithmParameters.getInstance("EC", "SunEC");
        curve.init(new ECGenParameterSpec("secp256r1"));
        verifier.initVerify(
            KeyFactory.getInstance("EC", "SunEC")
                .generatePublic(
                    new ECPublicKeySpec(
                        new ECPoint(number(key, "x"), number(key, "y")),
                        curve.getParameterSpec(ECParameterSpec.class))));
        int end = token.lastIndexOf('.');
        verifier.update(token.substring(0, end).getBytes(StandardCharsets.US_ASCII));
        assertThat(verifier.verify(Base64.getUrlDecoder().decode(token.substring(end + 1))))
            .isTrue();
        return part(token, 1);
      }
    }
    throw new IllegalStateException("no key " + kid);
  }

  private static BigInteger number(JsonNode key, String name) {
    byte[] bytes = Base64.getUrlDecoder().decode(key.get(name).asString());
    assertThat(bytes).hasSize(32);
    return new BigInteger(1, bytes);
  }
}
