package dev.alts.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alts.cli.ca.CommandFailedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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

  @Test
  void fileGivesFactsWithTheirTypesAndLaterOnesReplaceThem(@TempDir Path directory)
      throws Exception {
    Path file =
        Files.writeString(
            directory.resolve("web.yaml"),
            "machine.name: web-1\nworkload.unix.uid: 5\nworkload.unix.gids: [1, 2]\n");

    assertThat(parse(file.toString(), "machine.name=web-2"))
        .isEqualTo(
            "{\"machine.name\":\"web-2\",\"workload.unix.uid\":5,\"workload.unix.gids\":[1,2]}");
  }

  private static String parse(String... facts) {
    return FactArgument.parse(List.of(facts)).toString();
  }
}
