package dev.alts.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/** What a build takes in is said in the repository, to the version and in one place. */
@Tag("abuse-60")
class SupplyChainTest {
  private static final Path HOME = Path.of(System.getProperty("alts.home"));

  /** Elements of a POM in which a version says what is taken in. */
  private static final Set<String> TAKEN_IN = Set.of("dependency", "plugin", "path", "extension");

  @Test
  void everyVersionIsOneVersion() {
    List<String> open = new ArrayList<>();
    for (Path pom : poms()) {
      for (Element version : elements(read(pom), "version")) {
        String text = resolved(pom, version.getTextContent().strip());
        if (TAKEN_IN.contains(version.getParentNode().getNodeName()) && !isOne(text)) {
          open.add(HOME.relativize(pom) + ": " + child(version, "artifactId") + " " + text);
        }
      }
    }

    assertThat(poms()).hasSizeGreaterThan(10);
    assertThat(open).as("ranges, snapshots and versions that move").isEmpty();
  }

  @Test
  void everyPluginHasAVersion() {
    Set<String> versioned = new TreeSet<>();
    Set<String> used = new TreeSet<>();
    for (Path pom : poms()) {
      for (Element plugin : elements(read(pom), "plugin")) {
        String name = child(plugin, "groupId") + ":" + child(plugin, "artifactId");
        used.add(name);
        if (!child(plugin, "version").isEmpty()) {
          versioned.add(name);
        }
      }
    }

    assertThat(used).isNotEmpty().isEqualTo(versioned);
  }

  @Test
  void noPomNamesAnotherPlaceToTakeFrom() {
    for (Path pom : poms()) {
      Element project = read(pom);
      assertThat(elements(project, "repositories")).as(pom.toString()).isEmpty();
      assertThat(elements(project, "pluginRepositories")).as(pom.toString()).isEmpty();
      assertThat(elements(project, "systemPath")).as(pom.toString()).isEmpty();
    }
  }

  @Test
  void mavenItselfIsTheOneWhoseHashIsWrittenDown() throws IOException {
    Properties wrapper = new Properties();
    try (InputStream in =
        Files.newInputStream(HOME.resolve(".mvn/wrapper/maven-wrapper.properties"))) {
      wrapper.load(in);
    }

    assertThat(wrapper.getProperty("distributionUrl"))
        .matches(
            "https://repo\\.maven\\.apache\\.org/.*/apache-maven-[0-9]+\\.[0-9]+\\.[0-9]+-bin\\.zip");
    assertThat(wrapper.getProperty("distributionSha256Sum")).matches("[0-9a-f]{64}");
    assertThat(wrapper.getProperty("distributionType")).isEqualTo("only-script");
    try (Stream<Path> files = Files.list(HOME.resolve(".mvn/wrapper"))) {
      assertThat(files.filter(file -> file.toString().endsWith(".jar"))).isEmpty();
    }
  }

  private static boolean isOne(String version) {
    return version.equals("${project.version}")
        || version.matches("[0-9][0-9A-Za-z.-]*") && !version.endsWith("-SNAPSHOT");
  }

  /** {@return what a property of the root POM says, or the text as it is} */
  private static String resolved(Path pom, String version) {
    if (!version.matches("\\$\\{.+}") || version.startsWith("${project.")) {
      return version;
    }
    String name = version.substring(2, version.length() - 1);
    return Stream.of(pom, HOME.resolve("pom.xml"))
        .flatMap(file -> elements(read(file), name).stream())
        .map(property -> property.getTextContent().strip())
        .findFirst()
        .orElse(version);
  }

  private static List<Path> poms() {
    try (Stream<Path> files = Files.walk(HOME)) {
      return files
          .filter(file -> file.endsWith("pom.xml"))
          .filter(file -> !file.toString().contains("/target/"))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Element read(Path pom) {
    try {
      return DocumentBuilderFactory.newDefaultInstance()
          .newDocumentBuilder()
          .parse(pom.toFile())
          .getDocumentElement();
    } catch (IOException | ParserConfigurationException | SAXException e) {
      throw new IllegalStateException(pom.toString(), e);
    }
  }

  private static List<Element> elements(Element below, String name) {
    NodeList found = below.getElementsByTagName(name);
    List<Element> elements = new ArrayList<>();
    for (int i = 0; i < found.getLength(); i++) {
      elements.add((Element) found.item(i));
    }
    return elements;
  }

  /** {@return the text of the child, or of the sibling, with this name; empty: there is none} */
  private static String child(Element of, String name) {
    Node parent = of.getNodeName().equals("version") ? of.getParentNode() : of;
    for (Node node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
      if (node.getNodeName().equals(name)) {
        return node.getTextContent().strip();
      }
    }
    return "";
  }
}
