package dev.alts.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alts.cli.ca.CommandFailedException;
import java.util.List;
import org.junit.jupiter.api.Test;

class FactArgumentTest {
  @Test
  void digitsAreANumberAndEverythingElseIsText() {
    assertThat(parse("workload.unix.uid=1000", "machine.name=m-1", "machine.labels.x=a=b"))
        .isEqualTo(
            "{\"workload.unix.uid\":1000,\"machine.name\":\"m-1\",\"machine.labels.x\":\"a=b\"}");
  }

  @Test
  void jsonIsTakenAsItIs() {
    assertThat(parse("workload.unix.gids:=[1,2]", "machine.labels.row:=\"7\""))
        .isEqualTo("{\"workload.unix.gids\":[1,2],\"machine.labels.row\":\"7\"}");
  }

  @Test
  void anythingElseIsWrongUsage() {
    for (String wrong : List.of("uid", "=1", "")) {
      assertThatThrownBy(() -> FactArgument.parse(List.of(wrong)))
          .isInstanceOf(CommandFailedException.class)
          .hasMessageContaining("name=value");
    }
  }

  private static String parse(String... facts) {
    return FactArgument.parse(List.of(facts)).toString();
  }
}
