package dev.alts.agent.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.alts.agent.attestation.OwnProcess;
import dev.alts.agent.fake.PeerScript;
import dev.alts.testing.Suite;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A pid that comes again, for real: the kernel is told in a pid namespace which one is next. */
@Timeout(1800)
class PidReuseTest {
  /** Three times as many attempts. */
  private static final int ROUNDS = Suite.CHAOS.runs() ? 3_400 : 150;

  private static final Pattern RESULT = Pattern.compile("reused (\\d+) wrong (\\d+)");

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"before", "between", "while"})
  @Tag("abuse-17")
  void successorInThePidIsNeverTakenForThePeer(String when) throws Exception {
    assumeTrue(OwnProcess.uid() == 0, "a pid namespace needs root");
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    PeerScript peer = PeerScript.in(directory);

    Process probe =
        new ProcessBuilder(
                "unshare",
                "--pid",
                "--fork",
                "--mount-proc",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-Xmx128m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                PidReuseProbe.class.getName(),
                PeerScript.python().toString(),
                peer.path().toString(),
                directory.resolve("s").toString(),
                Integer.toString(ROUNDS),
                when)
            .redirectErrorStream(true)
            .start();
    String output = new String(probe.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assumeTrue(!output.contains("ns_last_pid"), "the kernel does not let pids be chosen here");
    Matcher result = RESULT.matcher(output);
    assertThat(result.find()).as(output).isTrue();
    assertThat(Integer.parseInt(result.group(1)))
        .as("pids that came again")
        .isGreaterThan(ROUNDS / 2);
    assertThat(result.group(2)).as("wrong processes believed").isEqualTo("0");
  }
}
