package dev.alts.socket;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** On a platform for which no provider has native code: their jars are not there. */
@Timeout(120)
class WithoutNativeCodeTest {
  @Test
  void bouncyCastleAndTheJdkAreEnough() throws Exception {
    String classPath =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(entry -> !entry.contains("conscrypt") && !entry.contains("Corretto"))
            .collect(Collectors.joining(File.pathSeparator));
    Process program =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                classPath,
                WithoutNativeCode.class.getName())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();

    String said = new String(program.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(program.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(said.lines())
        .satisfiesExactly(
            greeting -> assertThat(greeting).isEqualTo("hello, spiffe://example.org/caller"),
            providers ->
                assertThat(providers)
                    .contains("X25519 BC")
                    .endsWith("ECDSA P-256 BC")
                    .doesNotContain("Conscrypt", "Corretto"));
  }
}
