package dev.alts.agent.fake;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.alts.testing.Suite;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs {@code peer.py}, whose processes do what the JVM cannot: fork, pass descriptors, setuid. */
public final class PeerScript {
  /** Debian's own, which every user may run. */
  private static final Path PYTHON = Path.of("/usr/bin/python3");

  private static final long LIMIT_SECONDS = Suite.CHAOS.runs() ? 540 : 40;

  private final Path script;

  private PeerScript(Path script) {
    this.script = script;
  }

  /** {@return the script, copied to where every user can read it} */
  public static PeerScript in(Path directory) throws IOException {
    assumeTrue(Files.isExecutable(PYTHON), "needs " + PYTHON);
    Path script = directory.resolve("peer.py");
    try (InputStream in = PeerScript.class.getResourceAsStream("/peer.py")) {
      Files.write(script, in.readAllBytes());
    }
    return new PeerScript(script);
  }

  public static Path python() throws IOException {
    return PYTHON.toRealPath();
  }

  public Path path() {
    return script;
  }

  /** {@return the last line that this part of the script prints} */
  public String run(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(PYTHON.toString(), script.toString()));
    command.addAll(List.of(arguments));
    // To a file and not a pipe: what the script leaves behind would hold a pipe open.
    Path outputFile = Files.createTempFile(script.getParent(), "output", "");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(outputFile.toFile())
            .start();
    boolean ended = process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS);
    process.destroyForcibly();
    String output = Files.readString(outputFile);
    if (!ended || process.exitValue() != 0) {
      throw new AssertionError("peer.py failed: " + output);
    }
    return output.strip().lines().reduce("", (before, line) -> line);
  }
}
