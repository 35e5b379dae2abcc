package dev.alts.ca.humans;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alts.identity.SpiffeId;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a limited role reaches. */
class LimitsTest {
  private static final Limits PROD = new Limits("/prod", Map.of());
  private static final Limits PROD_WEB = new Limits("/prod/web", Map.of());
  private static final Limits LABELLED = new Limits("", Map.of("env", "prod"));

  @Test
  @Tag("abuse-39")
  void aPrefixIsWholeSegmentsLetterByLetter() {
    assertThat(PROD.cover(identity("/prod"))).isTrue();
    assertThat(PROD.cover(identity("/prod/web"))).isTrue();
    assertThat(PROD.cover(identity("/production"))).isFalse();
    assertThat(PROD.cover(identity("/Prod/web"))).isFalse();
    assertThat(PROD.cover(identity("/x/prod/web"))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "prod",
        "/prod/",
        "/",
        "/prod//web",
        "/prod/..",
        "/./prod",
        "/pro%64",
        "/a b",
        "/*"
      })
  @Tag("abuse-39")
  void aPrefixThatCouldBeReadInTwoWaysIsNone(String prefix) {
    assertThatThrownBy(() -> new Limits(prefix, Map.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("pathPrefix");
  }

  @Test
  void whatIsNotKnownOfAnObjectIsNotWithinLimits() {
    assertThat(PROD.cover(Touched.everything())).isFalse();
    assertThat(LABELLED.cover(identity("/prod/web"))).isFalse();
    assertThat(LABELLED.cover(Touched.onMachine(id("/prod/web"), Map.of("env", "dev")))).isFalse();
    assertThat(LABELLED.cover(Touched.onMachine(id("/x"), Map.of("env", "prod", "a", "b"))))
        .isTrue();
    assertThat(Limits.NONE.cover(Touched.everything())).isTrue();
  }

  @Test
  void bothLimitsHoldAtOnce() {
    Limits both = new Limits("/prod", Map.of("env", "prod"));

    assertThat(both.cover(Touched.onMachine(id("/prod/a"), Map.of("env", "prod")))).isTrue();
    assertThat(both.cover(Touched.onMachine(id("/dev/a"), Map.of("env", "prod")))).isFalse();
    assertThat(both.cover(Touched.onMachine(id("/prod/a"), Map.of("env", "dev")))).isFalse();
    assertThat(both.isWithin(PROD)).isTrue();
    assertThat(both.isWithin(LABELLED)).isTrue();
    assertThat(PROD.isWithin(both)).isFalse();
    assertThat(PROD_WEB.isWithin(PROD)).isTrue();
    assertThat(PROD.isWithin(PROD_WEB)).isFalse();
    assertThat(Limits.NONE.isWithin(PROD)).isFalse();
  }

  @Test
  void rightsThatAreLimitedContainNoneThatAreWider() {
    Rights limited = new Rights(List.of(new Rights.Held(Role.SECURITY_ADMIN, PROD)));

    assertThat(limited.contain(new Rights.Held(Role.VIEWER, PROD_WEB))).isTrue();
    assertThat(limited.contain(new Rights.Held(Role.SECURITY_ADMIN, PROD))).isTrue();
    assertThat(limited.contain(new Rights.Held(Role.VIEWER, Limits.NONE))).isFalse();
    assertThat(limited.contain(new Rights.Held(Role.VIEWER, LABELLED))).isFalse();
    assertThat(limited.limits(Permission.RULES_CHANGE)).isEmpty();
    assertThat(limited.limits(Permission.RULES_READ)).isNotEmpty();
  }

  @ParameterizedTest
  @EnumSource(Role.class)
  void onlyASecurityAdminChangesWhoMayDoWhat(Role role) {
    assertThat(role.permissions().contains(Permission.ROLE_CHANGE))
        .isEqualTo(role == Role.SECURITY_ADMIN);
    assertThat(role.permissions().contains(Permission.HUMAN_CHANGE))
        .isEqualTo(role == Role.SECURITY_ADMIN);
    assertThat(role.permissions()).doesNotContain(Permission.ANYONE, Permission.HUMAN);
    assertThat(
            new Rights(List.of(new Rights.Held(Role.SECURITY_ADMIN, Limits.NONE)))
                .contain(new Rights.Held(role, Limits.NONE)))
        .isTrue();
  }

  private static Touched identity(String path) {
    return Touched.identity(id(path));
  }

  private static SpiffeId id(String path) {
    return SpiffeId.parse("spiffe://test.alts" + path);
  }
}
