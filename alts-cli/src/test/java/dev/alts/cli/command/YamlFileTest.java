package dev.alts.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alts.cli.ca.CommandFailedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class YamlFileTest {
  @TempDir private Path directory;

  @Test
  void yamlAndJsonGiveTheSame() throws IOException {
    YamlFile yaml =
        file(
            "rules:\n- name: web\n  when: machine.name == \"m\"\n  priority: 3\n  clear-boundary: true\n");
    YamlFile json =
        file(
            "[{\"name\":\"web\",\"when\":\"machine.name == \\\"m\\\"\",\"priority\":3,\"clear-boundary\":true}]");

    assertThat(yaml.list("rules")).isEqualTo(json.list("rules"));
  }

  @Test
  void tagsMakeNoObjects() {
    assertThatThrownBy(() -> file("rules: [!!java.net.URL ['http://127.0.0.1:1/']]").list("rules"))
        .isInstanceOf(CommandFailedException.class);
  }

  @Test
  void aNameGivenTwiceIsRefused() {
    assertThatThrownBy(() -> file("rules:\n- name: a\n  name: b\n").list("rules"))
        .isInstanceOf(CommandFailedException.class)
        .hasMessageContaining("duplicate key");
  }

  @Test
  void whatIsNoListIsRefused() {
    assertThatThrownBy(() -> file("mode: strict").list("rules"))
        .isInstanceOf(CommandFailedException.class)
        .hasMessageContaining("neither a list");
  }

  private YamlFile file(String content) throws IOException {
    return new YamlFile(
        Files.writeString(Files.createTempFile(directory, "rules", ".yaml"), content));
  }
}
