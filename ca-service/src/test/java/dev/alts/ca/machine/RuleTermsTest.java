package dev.alts.ca.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alts.api.machine.v1.CertificateUse;
import dev.alts.api.machine.v1.Grant;
import dev.alts.api.machine.v1.IssuedCertificate;
import dev.alts.ca.policy.IdentityRules;
import dev.alts.ca.policy.InvalidRulesException;
import dev.alts.ca.policy.RuleDraft;
import dev.alts.ca.policy.RuleTerms;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a rule gives beyond the name, as an agent gets it, and how much one change may take. */
class RuleTermsTest {
  private static final int SUBJECT_ALTERNATIVE_URI = 6;
  private static final int SUBJECT_ALTERNATIVE_DNS = 2;
  private static final List<String> ENCRYPTED = List.of("ALTSRP_GCM_AES128_REKEY");
  private static final RuleTerms TERMS =
      new RuleTerms(List.of("web.{machine.labels.env}.example"), ENCRYPTED, true, false);

  private static MachineCa ca;
  private static RawAgent agent;

  @BeforeAll
  static void start() {
    ca = MachineCa.start();
    agent = ca.attested("m-1");
  }

  @AfterAll
  static void stop() {
    ca.close();
  }

  @Test
  @Tag("abuse-5")
  void dnsNamesAreInWhatIsHandedOutAndInNoMaster() throws CertificateException {
    ca.apply(MachineCa.WEB.with(TERMS));

    Grant handedOut =
        agent.issue(RawAgent.itemOf(1000).setUse(CertificateUse.HANDED_OUT).build()).getGrant();
    Grant master = agent.issue(RawAgent.itemOf(1000).build()).getGrant();

    assertThat(names(handedOut.getCertificate()))
        .containsExactly(
            List.of(SUBJECT_ALTERNATIVE_URI, "spiffe://test.alts/demo/web"),
            List.of(SUBJECT_ALTERNATIVE_DNS, "web.prod.example"));
    assertThat(names(master.getCertificate()))
        .containsExactly(List.of(SUBJECT_ALTERNATIVE_URI, "spiffe://test.alts/demo/web"));
  }

  @Test
  void recordPolicyAndResumptionAreTheRules() {
    ca.apply(MachineCa.WEB.with(TERMS), MachineCa.NEXT);

    Grant narrowed = agent.issue(RawAgent.itemOf(1000).build()).getGrant();
    Grant usual = agent.issue(RawAgent.itemOf(3000).build()).getGrant();

    assertThat(narrowed.getIdentities(0).getRecordPolicy().getRecordProtocolsList())
        .isEqualTo(ENCRYPTED);
    assertThat(narrowed.getIdentities(0).getRecordPolicy().getRequirePrivacy()).isTrue();
    assertThat(narrowed.getResumptionKeysList()).isEmpty();
    assertThat(usual.getIdentities(0).hasRecordPolicy()).isFalse();
    assertThat(usual.getResumptionKeysList()).isNotEmpty();
  }

  @Test
  void otherTermsAreAnotherGrantAndTheHolderIsToAskAgain() throws InvalidRulesException {
    ca.apply(MachineCa.WEB, MachineCa.NEXT);
    agent.issue(RawAgent.itemOf(1000).build());

    RulePreview.Report report =
        ca.bean(RulePreview.class)
            .preview(
                ca.bean(IdentityRules.class)
                    .propose(List.of(MachineCa.WEB.with(TERMS), MachineCa.NEXT)),
                10)
            .orElseThrow();

    assertThat(report.lines())
        .anySatisfy(line -> {
          assertThat(line.effect()).isEqualTo(RulePreview.Effect.CHANGED);
          assertThat(line.why()).startsWith("on terms \"dns web.prod.example; records ");
        });
  }

  @Test
  @Tag("abuse-6")
  void labelThatIsNoPartOfADnsNameGivesNoIdentityInsteadOfAnotherName() {
    ca.apply(
        MachineCa.WEB.with(
            new RuleTerms(List.of("{machine.boundary}x.example"), List.of(), false, true)),
        RuleDraft.of("other", "machine.name == 'nobody'", "/x", "1h"));

    assertThat(agent.issue(RawAgent.itemOf(1000).build()).hasGrant()).as("rack-7x").isTrue();
    ca.apply(
        MachineCa.WEB.with(
            new RuleTerms(List.of("{machine.attestor}.{machine.name}-"), List.of(), false, true)));
    assertThat(agent.issue(RawAgent.itemOf(1000).build()).getRefusal().getExplanation())
        .contains("dns-names: with machine.name a label would be \"m-1-\"");
  }

  @Test
  void changeThatTakesMoreNamesThanAllowedIsRefusedAndNamesSome() throws InvalidRulesException {
    ca.apply(MachineCa.WEB, MachineCa.NEXT);
    RawAgent other = ca.attested("m-2");
    for (RawAgent each : List.of(agent, other)) {
      each.issue(RawAgent.itemOf(1000).build());
      each.issue(RawAgent.itemOf(3000).build());
    }
    Withdrawals withdrawals = ca.bean(Withdrawals.class);

    assertThat(withdrawals.check(List.of(MachineCa.WEB, MachineCa.NEXT), 0)).isEmpty();
    assertThat(withdrawals.check(List.of(MachineCa.WEB), 2)).isEmpty();
    assertThat(withdrawals.check(List.of(MachineCa.WEB), 1))
        .hasValueSatisfying(tooMany ->
            assertThat(tooMany.some())
                .containsExactly(
                    "spiffe://test.alts/demo/next on m-1", "spiffe://test.alts/demo/next on m-2"));
    assertThat(withdrawals.check(List.of(), 3)).isPresent();
    assertThat(withdrawals.check(List.of(), 4)).isEmpty();
  }

  private static List<List<?>> names(IssuedCertificate certificate) throws CertificateException {
    return List.copyOf(
        ((X509Certificate)
                CertificateFactory.getInstance("X.509")
                    .generateCertificate(certificate.getChain(0).newInput()))
            .getSubjectAlternativeNames());
  }
}
