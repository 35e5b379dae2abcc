package dev.alts.ca.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A SoftHSM2 token that no other test of this JVM uses. */
public final class SoftToken {
  public static final String PIN = "1234";
  private static final List<Path> MODULES =
      List.of(
          Path.of("/usr/lib/softhsm/libsofthsm2.so"),
          Path.of("/usr/lib64/pkcs11/libsofthsm2.so"),
          Path.of("/usr/local/lib/softhsm/libsofthsm2.so"));

  private final String label;
  private final Path directory;

  private SoftToken(String label, Path directory) {
    this.label = label;
    this.directory = directory;
  }

  /** Skips the test where SoftHSM2 is not installed. */
  public static SoftToken create(Path directory) {
    assumeTrue(
        MODULES.stream().anyMatch(Files::exists), "needs SoftHSM2 (Debian: apt install softhsm2)");
    int number = Home.TAKEN.getAndIncrement();
    assertThat(number).as("tokens are made before the module is loaded").isLessThan(Home.TOKENS);
    return new SoftToken("token-" + number, directory);
  }

  /** {@return the token's objects as OpenSC's own reader lists them, one text for each} */
  public List<String> objects() throws IOException, InterruptedException {
    assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/pkcs11-tool")),
        "needs pkcs11-tool (Debian: apt install opensc)");
    String listed =
        run(
            settings(),
            "pkcs11-tool",
            "--module",
            module().toString(),
            "--token-label",
            label,
            "--login",
            "--pin",
            PIN,
            "--list-objects");
    return Pattern.compile("(?m)^(?=\\S)").splitAsStream(listed).toList();
  }

  /** {@return Spring properties that select this token} */
  public String[] properties() throws IOException {
    return properties(PIN);
  }

  public String[] properties(String pin) throws IOException {
    Path file = directory.resolve("pin-" + pin);
    if (!Files.exists(file)) {
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(file, pin + "\n");
    }
    return new String[] {
      "alts.ca.custody=pkcs11",
      "alts.ca.pkcs11.library=" + module(),
      "alts.ca.pkcs11.token-label=" + label,
      "alts.ca.pkcs11.pin-file=" + file
    };
  }

  public String label() {
    return label;
  }

  public static Path module() {
    return MODULES.stream().filter(Files::exists).findFirst().orElseThrow();
  }

  /** {@return the settings file that every process that uses the token needs in SOFTHSM2_CONF} */
  public static Path settings() {
    return Home.SETTINGS;
  }

  /** Ends every session of this process with the token, as a token does that was unplugged. */
  @SuppressWarnings("restricted") // a call into the module behind the back of its user
  public void loseSessions() throws Exception {
    String slots = run(settings(), "softhsm2-util", "--show-slots");
    Matcher slot =
        Pattern.compile("Slot (\\d+)\\R(?:(?!Slot \\d).*\\R)*?.*Label:\\s+" + label + "\\s")
            .matcher(slots);
    assertThat(slot.find()).as("slot of %s in %s", label, slots).isTrue();
    SymbolLookup module = SymbolLookup.libraryLookup(module(), Arena.global());
    try {
      long result =
          (long)
              Linker.nativeLinker()
                  .downcallHandle(
                      module.find("C_CloseAllSessions").orElseThrow(),
                      FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG))
                  .invokeExact(Long.parseLong(slot.group(1)));
      assertThat(result).isZero();
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  private static String run(Path settings, String... command)
      throws IOException, InterruptedException {
    // apart: a warning of pkcs11-tool's may come in the middle of a line that it writes
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().put("SOFTHSM2_CONF", settings.toString());
    Process process = builder.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return said;
  }

  private static final class Home {
    /** The module reads which tokens there are once, so all are made before it is loaded. */
    private static final int TOKENS = 16;

    private static final AtomicInteger TAKEN = new AtomicInteger();
    private static final Path SETTINGS = create();

    private static Path create() {
      try {
        Path home = Files.createTempDirectory("alts-softhsm-");
        Path tokens = Files.createDirectory(home.resolve("tokens"));
        Path settings = home.resolve("softhsm2.conf");
        Files.writeString(
            settings,
            "directories.tokendir = %s\nobjectstore.backend = file\nlog.level = ERROR\n"
                .formatted(tokens));
        setEnvironment("SOFTHSM2_CONF", settings.toString());
        Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(home)));
        for (int i = 0; i < TOKENS; i++) {
          String said =
              run(
                  settings,
                  "softhsm2-util",
                  "--init-token",
                  "--free",
                  "--label",
                  "token-" + i,
                  "--pin",
                  PIN,
                  "--so-pin",
                  "5678");
          assertThat(said).contains("initialized");
        }
        return settings;
      } catch (IOException | InterruptedException e) {
        throw new AssertionError(e);
      }
    }

    /** The module asks the C library, whose environment is not Java's. */
    @SuppressWarnings("restricted") // the C library's setenv
    private static void setEnvironment(String name, String value) {
      try (Arena arena = Arena.ofConfined()) {
        Linker linker = Linker.nativeLinker();
        int result =
            (int)
                linker
                    .downcallHandle(
                        linker.defaultLookup().find("setenv").orElseThrow(),
                        FunctionDescriptor.of(
                            ValueLayout.JAVA_INT,
                            ValueLayout.ADDRESS,
                            ValueLayout.ADDRESS,
                            ValueLayout.JAVA_INT))
                    .invokeExact(arena.allocateFrom(name), arena.allocateFrom(value), 1);
        assertThat(result).isZero();
      } catch (Throwable e) {
        throw new AssertionError(e);
      }
    }

    private static void delete(Path root) {
      try (Stream<Path> below = Files.walk(root)) {
        for (Path path : below.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }
  }
}
