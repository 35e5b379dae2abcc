package dev.alts.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import org.junit.jupiter.api.Test;

class AgentConfigTest {
  @Test
  void argumentWinsOverEnvironment() {
    AgentConfig config =
        AgentConfig.parse(
            List.of("--ca", "ca.example:7443", "--log-level=debug", "--socket", "/tmp/s"),
            Map.of("ALTS_CA", "other:1", "ALTS_JOIN_TOKEN_FILE", "/run/token"));

    assertThat(config.ca().toString()).isEqualTo("ca.example:7443");
    assertThat(config.joinTokenFile()).isEqualTo(Path.of("/run/token"));
    assertThat(config.logLevel()).isEqualTo(Level.FINE);
    assertThat(config.dataDirectory()).isEqualTo(Path.of("/var/lib/alts/agent"));
  }

  @Test
  void addressOfTheCaMayBeIpv6() {
    assertThat(parse("--ca", "[::1]:7443").ca().all().getFirst().host()).isEqualTo("::1");
    assertThat(parse("--ca", "[::1]:7443").ca().toString()).isEqualTo("[::1]:7443");
  }

  @Test
  void theCaMayHaveSeveralReplicas() {
    assertThat(parse("--ca", "a.example:7443, [::1]:7444").ca().toString())
        .isEqualTo("a.example:7443,[::1]:7444");
    assertThatThrownBy(() -> parse("--ca", "a.example:7443,")).hasMessageContaining("HOST:PORT");
  }

  @Test
  void mistakesAreExplained() {
    assertThatThrownBy(() -> parse()).hasMessageContaining("--ca HOST:PORT is missing");
    assertThatThrownBy(() -> parse("--ca", "host")).hasMessageContaining("HOST:PORT");
    assertThatThrownBy(() -> parse("--ca", "host:0")).hasMessageContaining("HOST:PORT");
    assertThatThrownBy(() -> parse("--ca", "host:65536")).hasMessageContaining("HOST:PORT");
    assertThatThrownBy(() -> parse("--ca", ":7443")).hasMessageContaining("HOST:PORT");
    assertThatThrownBy(() -> parse("--ca")).hasMessageContaining("expected a value");
    assertThatThrownBy(() -> parse("--ca", "h:1", "--log-level", "all"))
        .hasMessageContaining("error, warn, info or debug");
    assertThatThrownBy(() -> parse("--ca", "h:1", "--log-format", "xml"))
        .hasMessageContaining("text or json");
    assertThatThrownBy(() -> parse("--ca", "h:1", "--max-connections-per-user", "0"))
        .hasMessageContaining("above 0");
  }

  @Test
  void secretsHaveNoPlaceOnTheCommandLine() {
    assertThatThrownBy(() -> parse("--ca", "h:1", "--join-token", "alts1.x.y"))
        .hasMessageContaining("no such option")
        .message()
        .doesNotContain("alts1.x.y");
  }

  private static AgentConfig parse(String... arguments) {
    return AgentConfig.parse(List.of(arguments), Map.of());
  }
}
