package dev.alts.handshake;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The table of what hostile peers try ({@code hostile-peers.csv}) names tests that exist, and no
 * class of attacks is left out at either end.
 */
class HostilePeerMatrixTest {
  private static final List<String> CLASSES_OF_BOTH_ENDS =
      List.of(
          "truncation",
          "order",
          "size",
          "tamper",
          "replay",
          "negotiation",
          "keys",
          "identity",
          "unknown key share",
          "key compromise",
          "resumption",
          "limits");

  private record Row(String attacks, String attempt, Set<String> ends, List<String> tests) {}

  @Test
  void everyTestThatTheTableNamesExists() throws IOException {
    Map<String, String> sources = testSources();

    for (Row row : rows()) {
      assertThat(row.tests()).as(row.attempt()).isNotEmpty();
      for (String test : row.tests()) {
        String[] name = test.split("#", 2);
        assertThat(sources).as(row.attempt()).containsKey(name[0]);
        assertThat(sources.get(name[0]).contains("\n  void " + name[1] + "("))
            .as("%s: %s", row.attempt(), test)
            .isTrue();
      }
    }
  }

  @Test
  void everyClassOfAttacksIsTriedAtBothEnds() throws IOException {
    Map<String, Set<String>> ends = new HashMap<>();
    for (Row row : rows()) {
      assertThat(Set.of("client", "server")).as(row.attempt()).containsAll(row.ends());
      ends.computeIfAbsent(row.attacks(), unused -> new HashSet<>()).addAll(row.ends());
    }

    assertThat(ends).containsOnlyKeys(CLASSES_OF_BOTH_ENDS);
    assertThat(ends.values()).allSatisfy(both -> assertThat(both).hasSize(2));
  }

  private static List<Row> rows() throws IOException {
    try (InputStream table =
        HostilePeerMatrixTest.class.getResourceAsStream("/hostile-peers.csv")) {
      return new String(table.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .map(line -> line.split(Pattern.quote("|")))
          .map(cells ->
              new Row(
                  cells[0].strip(),
                  cells[1].strip(),
                  Set.of(cells[2].strip().split(" ")),
                  Arrays.asList(cells[3].strip().split(" "))))
          .toList();
    }
  }

  /** {@return the test classes of the library's modules by their simple names} */
  private static Map<String, String> testSources() throws IOException {
    Map<String, String> sources = new HashMap<>();
    for (String module : List.of("identity", "transport")) {
      try (Stream<Path> files = Files.walk(Path.of("..", module, "src", "test", "java"))) {
        for (Path file : files.filter(path -> path.toString().endsWith("Test.java")).toList()) {
          String name = file.getFileName().toString().replace(".java", "");
          sources.merge(name, Files.readString(file), String::concat);
        }
      }
    }
    return sources;
  }
}
