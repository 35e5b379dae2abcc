package dev.alts.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alts.testing.TestSvid;
import dev.alts.testing.TestTrustDomain;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A private key that ships with a program is known to everybody. Read is what we build, not what we
 * depend on: Netty's jar, for one, holds a key with which it probes OpenSSL.
 */
@Tag("abuse-36")
class ShippedKeysTest {
  private static final Path HOME = Path.of(System.getProperty("alts.home"));

  private static final String PEM = "PEM";
  private static final String JWK = "JSON web key";
  private static final String DER =
      "PKCS#8, DER: version and the OID of EC, RSA, Ed25519 or X25519";
  private static final String SEC1 = "SEC 1, DER: version and 32 bytes";
  private static final String BASE64 = "PKCS#8, base64";
  private static final String JKS = "JKS or JCEKS";
  private static final String PKCS12 = "PKCS#12: OID of a key bag";

  /** What of a private key stands in a file as it is, read byte by byte. */
  private static final Map<String, Pattern> KEYS =
      Map.of(
          PEM,
          Pattern.compile("-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----\\s{0,4}[A-Za-z0-9+/:]{16}"),
          JWK,
          Pattern.compile("\"(?:d|k|dp|qi)\"\\s{0,4}:\\s{0,4}\"[A-Za-z0-9_-]{16}"),
          DER,
          Pattern.compile(
              "\\x02\\x01\\x00\\x30[\\x03-\\x20]\\x06(?:\\x07\\x2a\\x86\\x48\\xce\\x3d\\x02\\x01"
                  + "|\\x09\\x2a\\x86\\x48\\x86\\xf7\\x0d\\x01\\x01|\\x03\\x2b\\x65[\\x6e\\x70])"),
          SEC1,
          Pattern.compile("\\x30.\\x02\\x01\\x01\\x04\\x20", Pattern.DOTALL),
          BASE64,
          Pattern.compile(
              "M(?:[C-F][A-Za-z0-9+/]CAQAw|IG[A-Za-z0-9+/]AgEAM|II[A-Za-z0-9+/]{3}IBADA)"
                  + "[A-Za-z0-9+/]{20}"),
          JKS,
          Pattern.compile("\\A(?:\\xfe\\xed\\xfe\\xed|\\xce\\xce\\xce\\xce)"),
          PKCS12,
          Pattern.compile("\\x2a\\x86\\x48\\x86\\xf7\\x0d\\x01\\x0c\\x0a\\x01[\\x01\\x02]"));

  @Test
  void noProgramBringsAPrivateKeyWithIt() throws IOException {
    List<String> found = new ArrayList<>();
    List<Path> jars = jars();
    for (Path jar : jars) {
      read(jar)
          .forEach((entry, content) ->
              kinds(content)
                  .forEach(kind -> found.add(HOME.relativize(jar) + "!" + entry + ": " + kind)));
    }

    assertThat(jars)
        .extracting(jar -> jar.getFileName().toString())
        .as("what was read")
        .anyMatch(name -> name.startsWith("alts-ca-service"))
        .anyMatch(name -> name.startsWith("alts-agent"))
        .anyMatch(name -> name.startsWith("altsctl"))
        .anyMatch(name -> name.startsWith("alts-identity"))
        .anyMatch(name -> name.startsWith("alts-transport"));
    assertThat(found).isEmpty();
  }

  @Test
  void noResourceOfAnyModuleIsAPrivateKey() throws IOException {
    List<String> found = new ArrayList<>();
    try (Stream<Path> files = Files.walk(HOME)) {
      for (Path file : files.filter(ShippedKeysTest::isMain).toList()) {
        String content = Files.readString(file, StandardCharsets.ISO_8859_1);
        kinds(content).forEach(kind -> found.add(HOME.relativize(file) + ": " + kind));
      }
    }

    assertThat(found).isEmpty();
  }

  @Test
  void whatIsLookedForIsFoundWhereItIs() throws Exception {
    TestSvid svid = TestTrustDomain.of("demo.alts", Instant.EPOCH.plusSeconds(1)).tls("/web");
    byte[] der = svid.privateKey().getEncoded();
    String base64 = Base64.getEncoder().encodeToString(der);

    assertThat(kinds(latin(der))).contains(DER, SEC1);
    assertThat(kinds("in front of it " + base64)).containsExactly(BASE64);
    assertThat(kinds("-----BEGIN PRIVATE KEY-----\n" + base64)).contains(PEM);
    assertThat(kinds("{\"kty\":\"EC\",\"d\": \"" + "A".repeat(43) + "\"}")).containsExactly(JWK);
    assertThat(kinds(latin(keyStore("PKCS12", svid)))).contains(PKCS12);
    assertThat(kinds(latin(keyStore("JKS", svid)))).contains(JKS);
    assertThat(kinds("a line that says -----BEGIN PRIVATE KEY----- and no more")).isEmpty();
    assertThat(kinds(latin(svid.certificate()))).isEmpty();
  }

  private static byte[] keyStore(String type, TestSvid svid) throws Exception {
    KeyStore store = KeyStore.getInstance(type);
    store.load(null, null);
    char[] password = "password".toCharArray();
    store.setKeyEntry("web", svid.privateKey(), password, svid.x509Chain());
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    store.store(bytes, password);
    return bytes.toByteArray();
  }

  private static String latin(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  private static List<String> kinds(String content) {
    return KEYS.entrySet().stream()
        .filter(kind -> kind.getValue().matcher(content).find())
        .map(Map.Entry::getKey)
        .toList();
  }

  /** {@return the jars of ours that this build made, testing's own apart} */
  private static List<Path> jars() throws IOException {
    try (Stream<Path> files = Files.walk(HOME, 4)) {
      return files
          .filter(file -> file.toString().endsWith(".jar"))
          .filter(file -> file.getParent().endsWith("target"))
          .filter(file -> !file.startsWith(HOME.resolve("testing")))
          .sorted()
          .toList();
    }
  }

  private static boolean isMain(Path file) {
    return file.toString().contains("/src/main/") && Files.isRegularFile(file);
  }

  private static Map<String, String> read(Path jar) throws IOException {
    Map<String, String> contents = new TreeMap<>();
    try (JarFile open = new JarFile(jar.toFile())) {
      for (JarEntry entry : Collections.list(open.entries())) {
        try (InputStream in = open.getInputStream(entry)) {
          contents.put(entry.getName(), latin(in.readAllBytes()));
        }
      }
    }
    return contents;
  }
}
