package dev.alts.ca.machine;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import dev.alts.api.machine.v1.IssueItem;
import dev.alts.api.machine.v1.IssueOutcome;
import dev.alts.api.machine.v1.Refusal;
import dev.alts.ca.attestation.CreatedJoinToken;
import dev.alts.ca.attestation.JoinTokens;
import dev.alts.ca.attestation.Machine;
import dev.alts.ca.attestation.MachineName;
import dev.alts.ca.attestation.MachineProperties;
import dev.alts.ca.attestation.MachineRegistry;
import dev.alts.ca.grants.Grants;
import dev.alts.ca.grants.LiveGrant;
import dev.alts.ca.policy.IdentityRules;
import dev.alts.ca.policy.RuleDraft;
import dev.alts.ca.testing.OidcIssuer;
import dev.alts.identity.Bytes;
import dev.alts.identity.RevocationId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pods by their own bound tokens, at a CA that no API server lets in. */
class PodTokenTest {
  private static final String ISSUER = "https://kubernetes.default.svc.cluster.local";
  private static final RSAKey KEY = OidcIssuer.newRsaKey("cluster");
  private static final RuleDraft PODS =
      RuleDraft.of(
          "pods",
          "machine.labels.env == 'prod' && verified.k8s.ns == 'pay'",
          "/ns/{verified.k8s.ns}/sa/{verified.k8s.sa}",
          "1h");

  @TempDir private static Path files;
  private static MachineCa ca;
  private static RawAgent onNodeA;
  private static RawAgent onNodeB;
  private static RawAgent onNoNode;

  @BeforeAll
  static void aClusterWhoseKeysAreInAFile() throws IOException {
    Path keys = files.resolve("jwks.json");
    Files.writeString(keys, new JWKSet(KEY.toPublicJWK()).toString(true));
    ca =
        MachineCa.start(
            "alts.ca.kubernetes.pod-token.issuer=" + ISSUER,
            "alts.ca.kubernetes.pod-token.audience=alts",
            "alts.ca.kubernetes.pod-token.jwks-file=" + keys);
    ca.apply(PODS);
    onNodeA = agent("m-a", Map.of("env", "prod", "k8s-node", "node-a"));
    onNodeB = agent("m-b", Map.of("env", "prod", "k8s-node", "node-b"));
    onNoNode = agent("m-c", Map.of("env", "prod"));
  }

  @AfterAll
  static void closed() {
    ca.close();
  }

  private static RawAgent agent(String name, Map<String, String> labels) {
    RawAgent agent = ca.agent();
    try (CreatedJoinToken created =
        ca.bean(JoinTokens.class)
            .create(
                Optional.of(new MachineName(name)), new MachineProperties("", labels), "test")) {
      agent.attest(Bytes.copyOf(created.token().secret().exposeCopy()));
    }
    return agent;
  }

  /** As the API server of Kubernetes 1.32 makes them for a projected volume. */
  private static Map<String, Object> claims() {
    long now = Instant.now().getEpochSecond();
    Map<String, Object> claims = new LinkedHashMap<>();
    claims.put("aud", List.of("alts"));
    claims.put("exp", now + 3600);
    claims.put("iat", now);
    claims.put("iss", ISSUER);
    claims.put("jti", "5f1e7e9d-7a0c-4a3f-8d2d-0b8a6d0f3c11");
    claims.put("kubernetes.io", bound("pay", "api", "node-a"));
    claims.put("nbf", now);
    claims.put("sub", "system:serviceaccount:pay:api");
    return claims;
  }

  private static Map<String, Object> bound(String namespace, String account, String node) {
    return Map.of(
        "namespace", namespace,
        "node", Map.of("name", node, "uid", "node-uid"),
        "pod", Map.of("name", "api-0", "uid", "uid-1"),
        "serviceaccount", Map.of("name", account, "uid", "account-uid"));
  }

  private static String token(Map<String, Object> changes) {
    Map<String, Object> claims = claims();
    claims.putAll(changes);
    return OidcIssuer.sign(KEY, JWSAlgorithm.RS256, claims);
  }

  private static IssueItem item(String token, String uid) {
    IssueItem.Builder item = RawAgent.itemOf(1000).setPodToken(ByteString.copyFromUtf8(token));
    return uid.isEmpty()
        ? item.build()
        : item.addFacts(RawAgent.stated("workload.k8s.pod_uid").setStringValue(uid)).build();
  }

  private static void assertRefused(RawAgent agent, IssueItem item, String why) {
    IssueOutcome outcome = agent.issue(item);
    assertThat(outcome.getRefusal().getReason()).isEqualTo(Refusal.Reason.NO_RULE_MATCHES);
    assertThat(outcome.getRefusal().getExplanation()).contains("verified.k8s").contains(why);
    if (!item.getPodToken().isEmpty()) {
      assertThat(outcome.getRefusal().getExplanation())
          .doesNotContain(item.getPodToken().toStringUtf8());
    }
  }

  @Test
  void aPodOfThisMachineGetsTheIdentityOfItsServiceAccountByItsToken() {
    for (String stated : List.of("", "uid-1")) {
      assertThat(
              onNodeA
                  .issue(item(token(Map.of()) + "\n", stated))
                  .getGrant()
                  .getCertificate()
                  .getSpiffeId())
          .isEqualTo("spiffe://test.alts/ns/pay/sa/api");
    }
  }

  @Test
  @Tag("abuse-3")
  @Tag("abuse-22")
  void anAgentThatShowsTheTokenOfAnotherMachinesPodIsRefused() {
    String good = token(Map.of());
    assertRefused(onNodeB, item(good, ""), "on another node");
    assertRefused(onNodeB, item(good, "uid-1"), "on another node");
    assertRefused(onNoNode, item(good, "uid-1"), "");
    assertRefused(onNodeA, item(good, "uid-2"), "of another pod");
    assertRefused(onNodeA, item("", "uid-1"), "");
  }

  @Test
  @Tag("abuse-3")
  void anAgentCannotSayItselfWhatATokenIsToSay() {
    IssueItem lie =
        RawAgent.itemOf(1000)
            .addVerifiedPod(RawAgent.stated("verified.k8s.ns").setStringValue("pay"))
            .addVerifiedPod(RawAgent.stated("verified.k8s.node").setStringValue("node-b"))
            .build();

    assertThat(onNodeB.issue(lie).getRefusal().getReason()).isEqualTo(Refusal.Reason.BAD_REQUEST);
  }

  @Test
  @Tag("abuse-12")
  void aTokenForSomebodyElseOrOfAnotherTimeOrOfNobodyProvesNothing() {
    long now = Instant.now().getEpochSecond();
    assertRefused(onNodeA, item(token(Map.of("aud", List.of("vault"))), "uid-1"), "aud");
    assertRefused(onNodeA, item(token(Map.of("aud", List.of("alts", "vault"))), ""), "aud");
    assertRefused(onNodeA, item(token(Map.of("iss", ISSUER + "/")), "uid-1"), "iss");
    assertRefused(
        onNodeA, item(token(Map.of("iat", now - 3000, "exp", now - 300)), "uid-1"), "exp");
    assertRefused(onNodeA, item(token(Map.of("nbf", now + 300)), "uid-1"), "nbf");
    assertRefused(
        onNodeA,
        item(OidcIssuer.sign(OidcIssuer.newRsaKey("cluster"), JWSAlgorithm.RS256, claims()), ""),
        "signature");
    assertRefused(onNodeA, item(OidcIssuer.sign(KEY, JWSAlgorithm.PS256, claims()), ""), "alg");
    assertRefused(onNodeA, item(unsigned(), "uid-1"), "alg");
    assertRefused(onNodeA, item(byThePublicKey(), "uid-1"), "alg");
    assertRefused(onNodeA, item("not a token", "uid-1"), "no JWS");
    assertThat(onNodeA.issue(item("x".repeat(8193), "")).getRefusal().getReason())
        .isEqualTo(Refusal.Reason.BAD_REQUEST);
  }

  private static String unsigned() {
    return token(Map.of())
        .replaceFirst(
            "[^.]+",
            Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString("{\"alg\":\"none\"}".getBytes(StandardCharsets.US_ASCII)));
  }

  private static String byThePublicKey() {
    try {
      JWSObject token =
          new JWSObject(
              new JWSHeader.Builder(JWSAlgorithm.HS256).keyID("cluster").build(),
              new Payload(claims()));
      token.sign(new MACSigner(KEY.toRSAPublicKey().getEncoded()));
      return token.serialize();
    } catch (JOSEException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  @Tag("abuse-22")
  void aTokenThatIsNotBoundToAPodAndItsNodeProvesNothing() {
    for (String missing : List.of("pod", "node", "namespace", "serviceaccount")) {
      Map<String, Object> less = new HashMap<>(bound("pay", "api", "node-a"));
      less.remove(missing);
      assertRefused(onNodeA, item(token(Map.of("kubernetes.io", less)), ""), "not in it");
    }
    assertRefused(
        onNodeA,
        item(token(Map.of("kubernetes.io", bound("pay", "admin", "node-a"))), ""),
        "sub: not the service account");
  }

  @Test
  void whatTheTokenSaidIsKeptForReviewsAndTheTokenIsNot() {
    String token = token(Map.of("jti", "kept"));
    IssueOutcome outcome = onNodeA.issue(item(token, "uid-1"));
    assertThat(outcome.hasGrant()).isTrue();
    LiveGrant grant =
        ca.bean(Grants.class)
            .find(new RevocationId(outcome.getGrant().getCertificate().getRevocationId()))
            .orElseThrow();

    assertThat(new String(grant.question().toByteArray(), StandardCharsets.ISO_8859_1))
        .contains("verified.k8s.ns")
        .doesNotContain(token.substring(token.lastIndexOf('.')));
    assertThat(verdict(grant, "node-a")).isInstanceOf(GrantVerdict.Stays.class);
    // A machine that has become another node holds nothing of the pod any more.
    assertThat(verdict(grant, "node-b")).isInstanceOf(GrantVerdict.Falls.class);
  }

  private static GrantVerdict verdict(LiveGrant grant, String node) {
    Machine machine = ca.bean(MachineRegistry.class).find(grant.machine()).orElseThrow();
    Machine as =
        new Machine(
            machine.name(),
            new MachineProperties("", Map.of("env", "prod", "k8s-node", node)),
            machine.attestor(),
            machine.agentVersion(),
            machine.attestedAt(),
            machine.lastSeen(),
            machine.lineage(),
            false,
            "",
            null,
            List.of());
    return ca.bean(GrantJudge.class)
        .judge(ca.bean(IdentityRules.class).inForce(), grant, Optional.of(as));
  }
}
