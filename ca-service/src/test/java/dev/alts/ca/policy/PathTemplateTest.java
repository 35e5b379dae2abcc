package dev.alts.ca.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alts.identity.SpiffeId;
import dev.alts.identity.TrustDomain;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PathTemplateTest {
  private static final TrustDomain DOMAIN = new TrustDomain("demo.alts");

  @Test
  void factFillsASegmentOrPartOfOne() {
    assertThat(fill("/demo/{machine.labels.env}/web-{machine.labels.env}-1", "prod"))
        .isEqualTo(new PathTemplate.Filled.Path(id("/demo/prod/web-prod-1")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a/b",
        "/",
        "..",
        ".",
        "a%2fb",
        "a b",
        "*",
        "a*",
        "+",
        ",",
        "a,b",
        "{x}",
        "{workload.unix.user}",
        "ü",
        "a\u0000b",
        "a\nb",
        "a\\b",
        "a;b",
        "$(id)",
        "\u202eb"
      })
  @Tag("abuse-4")
  @Tag("abuse-6")
  void valueThatIsNoSegmentTextGivesNoIdentity(String value) {
    assertThat(fill("/demo/{machine.labels.env}", value))
        .isInstanceOf(PathTemplate.Filled.Unusable.class);
  }

  @Test
  @Tag("abuse-6")
  void explanationShowsTheValueHarmlessly() {
    assertThat(fill("/demo/{machine.labels.env}", "a\nb\"c/d"))
        .isInstanceOfSatisfying(
            PathTemplate.Filled.Unusable.class,
            unusable -> assertThat(unusable.why()).endsWith("\"a\\u{a}b\\u{22}c/d\""));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ca", "machine", "human"})
  @Tag("abuse-6")
  void factCannotMakeAReservedFirstSegment(String value) {
    assertThat(fill("/{machine.labels.env}/x", value))
        .isInstanceOf(PathTemplate.Filled.Unusable.class);
    assertThat(fill("/x/{machine.labels.env}", value)).isInstanceOf(PathTemplate.Filled.Path.class);
  }

  @Test
  void dotsThatOnlyTogetherClimbGiveNoIdentity() {
    assertThat(fill("/a/.{machine.labels.env}", "."))
        .isInstanceOf(PathTemplate.Filled.Unusable.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "demo",
        "/",
        "/demo/",
        "//demo",
        "/demo/../x",
        "/demo/./x",
        "/ca",
        "/ca/x",
        "/machine/m",
        "/human/h",
        "/demo/{}",
        "/demo/{env}",
        "/demo/{machine.labels.env",
        "/demo/machine.labels.env}",
        "/demo/{machine.labels.a}{machine.labels.b}",
        "/demo/{machine.labels.a}-{machine.labels.b}",
        "/demo/*",
        "/demo/%61",
        "/demo/a b"
      })
  void malformedTemplateIsRefused(String template) {
    assertThatThrownBy(() -> PathTemplate.parse(template))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static PathTemplate.Filled fill(String template, String value) {
    return PathTemplate.parse(template).fill(DOMAIN, name -> Optional.of(value));
  }

  private static SpiffeId id(String path) {
    return SpiffeId.of(DOMAIN, path);
  }
}
