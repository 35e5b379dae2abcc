package dev.alts.identity.document;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.alts.identity.Bytes;
import dev.alts.identity.EntityKind;
import dev.alts.identity.SpiffeId;
import dev.alts.identity.TrustDomain;
import dev.alts.testing.TestTrustDomain;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class NamingPolicyTest {
  private static final Instant NOW = Instant.ofEpochSecond(1_900_000_000);
  private static final TrustDomain DOMAIN = new TrustDomain("example.org");

  @Test
  void entryNamesTheOnlyServersThatMayAnswer() {
    NamingPolicy policy = policy(NamingMode.TRUST_DOMAIN, entry("db.example.org", "/shop/db"));

    assertThat(decide(policy, "db.example.org", "/shop/db"))
        .isInstanceOf(NamingDecision.Named.class);
    assertThat(decide(policy, "db.example.org", "/shop/web"))
        .isInstanceOf(NamingDecision.Refused.class);
  }

  @Test
  void everySpellingOfTheTargetFindsItsEntry() {
    NamingPolicy policy = policy(NamingMode.STRICT, entry("db.example.org", "/shop/db"));

    for (String target :
        List.of(
            "db.example.org",
            "DB.Example.ORG",
            "db.example.org.",
            "db.example.org:443",
            "db.example.org.:443",
            "dns:///db.example.org:443",
            "dns://8.8.8.8/db.example.org",
            "dns:db.example.org:443",
            "passthrough:///db.example.org:443",
            "https://db.example.org")) {
      assertThat(decide(policy, target, "/shop/db"))
          .as(target)
          .isInstanceOf(NamingDecision.Named.class);
    }
  }

  @Test
  void portCountsOnlyIfTheEntryHasOne() {
    NamingPolicy policy = policy(NamingMode.STRICT, entry("db:5432", "/shop/db"));

    assertThat(decide(policy, "db:5432", "/shop/db")).isInstanceOf(NamingDecision.Named.class);
    assertThat(decide(policy, "db:5433", "/shop/db")).isInstanceOf(NamingDecision.Refused.class);
    assertThat(decide(policy, "db", "/shop/db")).isInstanceOf(NamingDecision.Refused.class);
  }

  @Test
  void starStandsForExactlyOneLabel() {
    NamingPolicy policy = policy(NamingMode.STRICT, entry("*.svc.local", "/a"));

    assertThat(decide(policy, "x.svc.local", "/a")).isInstanceOf(NamingDecision.Named.class);
    assertThat(decide(policy, "x.y.svc.local", "/a")).isInstanceOf(NamingDecision.Refused.class);
    assertThat(decide(policy, "svc.local", "/a")).isInstanceOf(NamingDecision.Refused.class);
    assertThat(decide(policy, ".svc.local", "/a")).isInstanceOf(NamingDecision.Refused.class);
    assertThat(decide(policy, "xsvc.local", "/a")).isInstanceOf(NamingDecision.Refused.class);
  }

  @Test
  @Tag("abuse-7")
  void dotsInNamesMatchLiterally() {
    NamingPolicy policy = policy(NamingMode.STRICT, entry("a.b", "/x.y"), entry("c.d", "/p.q/*"));

    assertThat(decide(policy, "aXb", "/x.y")).isInstanceOf(NamingDecision.Refused.class);
    assertThat(decide(policy, "a.b", "/xzy")).isInstanceOf(NamingDecision.Refused.class);
    assertThat(decide(policy, "c.d", "/pzq/r")).isInstanceOf(NamingDecision.Refused.class);
    assertThat(decide(policy, "c.d", "/p.q/r")).isInstanceOf(NamingDecision.Named.class);
  }

  @Test
  void prefixPatternMeansWholeSegmentsBelow() {
    NamingPolicy policy = policy(NamingMode.STRICT, entry("pay", "/ns/pay/*"));

    assertThat(decide(policy, "pay", "/ns/pay/a/b")).isInstanceOf(NamingDecision.Named.class);
    assertThat(decide(policy, "pay", "/ns/pay")).isInstanceOf(NamingDecision.Refused.class);
    assertThat(decide(policy, "pay", "/ns/payroll/a")).isInstanceOf(NamingDecision.Refused.class);
  }

  @Test
  void strictRefusesATargetWithoutEntry() {
    assertThat(decide(policy(NamingMode.STRICT), "db", "/shop/db"))
        .isInstanceOf(NamingDecision.Refused.class);
  }

  @Test
  void trustDomainModeAcceptsMembersButNoHumanAndNoForeigner() {
    NamingPolicy policy = policy(NamingMode.TRUST_DOMAIN);

    assertThat(decide(policy, "db", "/shop/db"))
        .isInstanceOf(NamingDecision.MemberOfTrustDomain.class);
    assertThat(decide(policy, "db", "/machine/m-1"))
        .isInstanceOf(NamingDecision.MemberOfTrustDomain.class);
    assertThat(decide(policy, "db", "/human/ann")).isInstanceOf(NamingDecision.Refused.class);
    assertThat(
            policy.decide(
                "db", SpiffeId.parse("spiffe://other.example/shop/db"), EntityKind.WORKLOAD))
        .isInstanceOf(NamingDecision.Refused.class);
  }

  @Test
  void humanMayServeWhereAnEntryNamesThem() {
    NamingPolicy policy = policy(NamingMode.TRUST_DOMAIN, entry("pair.local", "/human/ann"));

    assertThat(decide(policy, "pair.local", "/human/ann")).isInstanceOf(NamingDecision.Named.class);
  }

  @Test
  @Tag("abuse-10")
  void entryWithoutServersOrWithAPatternThatWidensIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new NamingEntry("db", List.of(), "operator"));
    for (String target :
        List.of("", "*", "*.", "a.*.b", "DB", "db.", "https://db", "d b", "db:0x1", "*db")) {
      assertThatIllegalArgumentException()
          .as(target)
          .isThrownBy(() -> new NamingEntry(target, List.of("spiffe://example.org/a"), "operator"));
    }
    for (String pattern :
        List.of(
            "", "*", "/a", "spiffe://*/a", "spiffe://example.org/a*", "spiffe://example.org/*/b")) {
      assertThatIllegalArgumentException()
          .as(pattern)
          .isThrownBy(() -> new NamingEntry("db", List.of(pattern), "operator"));
    }
  }

  @Test
  void signedPolicyIsReadAndAnyOtherSignerIsRefused() throws Exception {
    TestTrustDomain domain = TestTrustDomain.of("example.org", NOW);
    TrustDocument trust =
        TrustDocument.open(
            domain.trustDocument(), new RootFingerprint(Bytes.copyOf(domain.rootSha256())));
    var entry =
        dev.alts.wire.handshake.v1.NamingEntry.newBuilder()
            .setTargetPattern("db")
            .addSpiffeIdPatterns("spiffe://example.org/db")
            .setOrigin("operator")
            .build();
    var signed = domain.namingPolicy(dev.alts.wire.handshake.v1.NamingMode.STRICT, entry);

    NamingPolicy policy = NamingPolicy.open(signed, trust);

    assertThat(policy.entries()).hasSize(1);
    assertThat(policy.toWire().toByteString()).isEqualTo(signed.getBody());
    TestTrustDomain other = TestTrustDomain.of("example.org", NOW);
    assertThatExceptionOfType(InvalidDocumentException.class)
        .isThrownBy(() ->
            NamingPolicy.open(
                other.namingPolicy(dev.alts.wire.handshake.v1.NamingMode.STRICT), trust))
        .withMessageContaining("may not sign");
    assertThatExceptionOfType(InvalidDocumentException.class)
        .isThrownBy(() ->
            NamingPolicy.open(
                domain.namingPolicy(dev.alts.wire.handshake.v1.NamingMode.NAMING_MODE_UNSPECIFIED),
                trust))
        .withMessageContaining("mode");
  }

  private static NamingPolicy policy(NamingMode mode, NamingEntry... entries) {
    return new NamingPolicy(DOMAIN, 1, NOW, mode, List.of(entries));
  }

  private static NamingEntry entry(String target, String path) {
    return new NamingEntry(target, List.of("spiffe://example.org" + path), "operator");
  }

  private static NamingDecision decide(NamingPolicy policy, String target, String path) {
    SpiffeId id = SpiffeId.of(DOMAIN, path);
    return policy.decide(target, id, EntityKind.ofPath(id).orElseThrow());
  }
}
