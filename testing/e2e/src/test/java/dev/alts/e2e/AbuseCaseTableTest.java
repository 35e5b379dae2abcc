package dev.alts.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Keeps docs/abuse-cases.md and the tags of the tests equal. */
class AbuseCaseTableTest {
  private static final Path HOME = Path.of(System.getProperty("alts.home"));
  private static final Pattern TAG = Pattern.compile("@Tag\\(\"abuse-([0-9]+)\"\\)");
  private static final Pattern ROW = Pattern.compile("(?m)^\\| *([0-9]+) *\\|.*\\|([^|]*)\\|$");
  private static final Pattern CLASS_NAME = Pattern.compile("`([A-Za-z0-9]+)`");

  @Test
  void everyTestThatClaimsAnAbuseCaseIsInItsRow() {
    Map<Integer, Set<String>> tagged = tagged();

    assertThat(claimed())
        .as("docs/abuse-cases.md, against the tags in the tests")
        .isEqualTo(tagged);
  }

  private static Map<Integer, Set<String>> claimed() {
    Map<Integer, Set<String>> claimed = new TreeMap<>();
    for (MatchResult row : matches(ROW, read(HOME.resolve("docs/abuse-cases.md")))) {
      Set<String> classes =
          matches(CLASS_NAME, row.group(2)).stream()
              .map(name -> name.group(1))
              .collect(Collectors.toCollection(TreeSet::new));
      assertThat(claimed.put(Integer.valueOf(row.group(1)), classes))
          .as("second row of case %s", row.group(1))
          .isNull();
    }
    return claimed;
  }

  private static Map<Integer, Set<String>> tagged() {
    Map<Integer, Set<String>> tagged = new TreeMap<>();
    for (Path source : testSources()) {
      String className = source.getFileName().toString().replace(".java", "");
      for (MatchResult tag : matches(TAG, read(source))) {
        tagged
            .computeIfAbsent(Integer.valueOf(tag.group(1)), number -> new TreeSet<>())
            .add(className);
      }
    }
    return tagged;
  }

  private static List<Path> testSources() {
    Pattern inTests = Pattern.compile(".*/src/test/java/.*\\.java");
    try (Stream<Path> files = Files.walk(HOME)) {
      return files.filter(file -> inTests.matcher(file.toString()).matches()).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<MatchResult> matches(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    return matcher.results().toList();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
