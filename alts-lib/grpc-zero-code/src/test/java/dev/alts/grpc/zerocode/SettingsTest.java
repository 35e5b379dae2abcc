package dev.alts.grpc.zerocode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {
  @Test
  void nothingSaidIsEnforced() {
    assertThat(Settings.of(name -> null).mode()).isEqualTo(Mode.ENFORCE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"on", "enforced", "none", "permissive,off"})
  void anUnknownModeStopsTheProcess(String mode) {
    assertThatThrownBy(() -> Settings.of(Map.of("alts.mode", mode)::get))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("alts.mode")
        .hasMessageContaining("enforce, permissive or off");
  }

  @ParameterizedTest
  @ValueSource(strings = {"*", "a,,b", "http://x", "host:port", "*.*.x", "a b", ":"})
  void aPatternThatCouldMeanMoreThanItsAuthorThoughtStopsTheProcess(String exempt) {
    assertThatThrownBy(() -> Settings.of(Map.of("alts.exempt", exempt)::get))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("alts.exempt");
  }

  @ParameterizedTest
  @CsvSource({
    "localhost,       localhost:4317,             true",
    "localhost,       dns:///LocalHost:4317,      true",
    "localhost:4317,  localhost:4317,             true",
    "localhost:4317,  localhost:43170,            false",
    "localhost:4317,  localhost,                  false",
    "localhost,       localhost.evil.example:1,   false",
    "localhost,       notlocalhost:1,             false",
    "orders.prod,     dns://8.8.8.8/orders.prod.:443, true",
    "orders.prod,     dns:orders.prod:443,        true",
    "*.prod,          orders.prod:443,            true",
    "*.prod,          a.orders.prod:443,          false",
    "*.prod,          prod:443,                   false",
    "*:4317,          collector:4317,             true",
    "*:4317,          collector:4318,             false",
    "[::1]:50,        [::1]:50,                   true",
    "[::1],           [::1]:50,                   true",
    "[::1]:50,        [::2]:50,                   false",
    "orders,          xds:///orders,              true",
    ":4317,           localhost:4317,             false"
  })
  void aPatternMeansTheTargetThatItNames(String pattern, String target, boolean about) {
    assertThat(Settings.of(Map.of("alts.exempt", pattern)::get).isExemptTarget(target))
        .isEqualTo(about);
  }

  @Test
  void aPatternWithoutHostMeansAServerOfThisProcess() {
    Settings settings = Settings.of(Map.of("alts.exempt", ":9090,localhost:1")::get);

    assertThat(settings.isExemptServer(9090)).isTrue();
    assertThat(settings.isExemptServer(1)).isFalse();
  }
}
