package dev.alts.ca.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DnsTemplateTest {
  @Test
  void factFillsALabelOrPartOfOne() {
    DnsTemplate template = DnsTemplate.parse("web-{machine.labels.env}.{machine.name}.example");

    assertThat(template.facts()).containsExactly("machine.labels.env", "machine.name");
    assertThat(fill(template, "prod"))
        .isEqualTo(new DnsTemplate.Filled.Name("web-prod.prod.example"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "a.b", "*", "A", "a_b", "-a", "a-", " a", "a\n", "\u00e4", "{x}", "a/b"})
  @Tag("abuse-6")
  void valueThatIsNoPartOfALabelGivesNoName(String value) {
    assertThat(fill(DnsTemplate.parse("{machine.name}.example"), value))
        .isInstanceOf(DnsTemplate.Filled.Unusable.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "*",
        "*.example",
        "web..example",
        ".example",
        "example.",
        "Web.example",
        "web_1.example",
        "127.0.0.1",
        "::1",
        "web.example:443",
        "{machine.name",
        "{}.example",
        "{machine.name}{machine.boundary}.example",
        "{workload.unix.user}.example",
        "xn--\u00e4.example"
      })
  @Tag("abuse-5")
  void whatIsNoNameOrTheAgentsToChooseIsRefused(String template) {
    assertThatThrownBy(() -> DnsTemplate.parse(template))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("dns-names: ");
  }

  @Test
  void nameThatIsTooLongOrAnAddressIsNoneAlthoughEachLabelIsOne() {
    assertThat(fill(DnsTemplate.parse("a.{machine.name}"), "1"))
        .isInstanceOf(DnsTemplate.Filled.Unusable.class);
    String label = "{machine.name}.";
    assertThat(fill(DnsTemplate.parse(label.repeat(4) + "x"), "a".repeat(63)))
        .isInstanceOf(DnsTemplate.Filled.Unusable.class);
  }

  @Test
  void rulesTermsAreCheckedWithTheRule() {
    RuleDraft rule = RuleDraft.of("r", "machine.name == 'm'", "/a", "1h");
    for (RuleTerms terms :
        List.of(
            new RuleTerms(List.of("a.example", "a.example"), List.of(), false, true),
            new RuleTerms(List.of("*.example"), List.of(), false, true),
            new RuleTerms(List.of(), List.of("ALTSRP_GMAC_128"), false, true),
            new RuleTerms(List.of(), List.of("NULL"), false, true))) {
      assertThatThrownBy(() -> RuleSet.compile(1, List.of(rule.with(terms)), PolicyLimits.DEFAULT))
          .as(terms.text())
          .isInstanceOf(InvalidRulesException.class);
    }
    assertThat(RuleTerms.USUAL.text()).isEmpty();
  }

  private static DnsTemplate.Filled fill(DnsTemplate template, String value) {
    return template.fill(fact -> Optional.of(value));
  }
}
