package dev.alts.ca.issuance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alts.ca.audit.AuditChains;
import dev.alts.ca.testing.CaCore;
import dev.alts.identity.Bytes;
import dev.alts.testing.Suite;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.context.annotation.Bean;

/**
 * A CA process is killed with SIGKILL behind each step of issuance. Its database server lives on,
 * as it does when a CA dies, and tells what is recorded.
 */
@Tag("abuse-57")
class KillDuringIssuanceTest {
  private static final String STEP = "test.kill-after";
  private static final String SIGNED = "test.signed-certificate";
  private static CaCore before;

  /** One CA made the keys that the processes use, so that each of them starts quickly. */
  @BeforeAll
  static void start() {
    before = CaCore.start();
  }

  @AfterAll
  static void stop() {
    before.close();
  }

  /** The steps around the two that leave something behind; in the longer suite all of them. */
  static Set<IssuanceStep> steps() {
    return Suite.CHAOS.runs()
        ? EnumSet.allOf(IssuanceStep.class)
        : EnumSet.of(IssuanceStep.LINT, IssuanceStep.RECORD, IssuanceStep.SIGN, IssuanceStep.REPLY);
  }

  @ParameterizedTest
  @MethodSource("steps")
  void noCertificateExistsWithoutItsRecord(IssuanceStep step, @TempDir Path directory)
      throws Exception {
    Path signed = directory.resolve("signed.der");

    runAndDie(step, signed);

    List<Bytes> recorded =
        before
            .jdbc()
            .query(
                "select tbs from certificate where spiffe_id = ?",
                (row, number) -> Bytes.copyOf(row.getBytes("tbs")),
                "spiffe://test.alts" + path(step));
    boolean isRecorded = step.compareTo(IssuanceStep.RECORD) >= 0;
    boolean isSigned = step.compareTo(IssuanceStep.SIGN) >= 0;
    assertThat(recorded).hasSize(isRecorded ? 1 : 0);
    assertThat(Files.exists(signed)).isEqualTo(isSigned);
    if (isSigned) {
      assertThat(recorded).containsExactly(tbsOf(signed));
    }
    assertThat(before.bean(AuditChains.class).findings()).isEmpty();
  }

  private static String path(IssuanceStep step) {
    return "/killed/" + step.name().toLowerCase(Locale.ROOT);
  }

  private static void runAndDie(IssuanceStep step, Path signed) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-D" + STEP + "=" + step,
            "-D" + SIGNED + "=" + signed,
            "-cp",
            System.getProperty("java.class.path"),
            DyingCa.class.getName(),
            before.home().toString(),
            signed.resolveSibling("data").toString(),
            String.join("\n", before.database()));
    Path output = signed.resolveSibling("output.txt");
    Process process = builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
    try {
      assertThat(process.waitFor(2, TimeUnit.MINUTES)).as("ends in time").isTrue();
      assertThat(process.exitValue())
          .as("killed by signal 9: %s", Files.readString(output))
          .isEqualTo(128 + 9);
    } finally {
      process.destroyForcibly();
    }
  }

  private static Bytes tbsOf(Path certificate) throws Exception {
    X509Certificate parsed =
        (X509Certificate)
            CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(Files.readAllBytes(certificate)));
    return Bytes.copyOf(parsed.getTBSCertificate());
  }

  /** The process that dies. */
  static final class DyingCa {
    private DyingCa() {}

    public static void main(String[] arguments) {
      List<String> database = List.of(arguments[2].split("\n"));
      IssuanceOutcome outcome =
          CaCore.boot(
                  Path.of(arguments[0]),
                  database,
                  List.of(Killer.class),
                  "alts.ca.data-directory=" + arguments[1])
              .getBean(IssuanceService.class)
              .issue(CaCore.workload(path(lastStep()), CaCore.newSpki()));
      System.out.println("survived: " + outcome);
      System.exit(0);
    }
  }

  private static IssuanceStep lastStep() {
    return IssuanceStep.valueOf(System.getProperty(STEP));
  }

  /** Kills its own process with SIGKILL. No component, so that no scan of another test finds it. */
  static class Killer {
    @Bean
    IssuanceStepListener killer() {
      IssuanceStep last = lastStep();
      return (step, bytes) -> {
        if (isOfThePorts()) {
          return;
        }
        if (step == IssuanceStep.SIGN) {
          write(Path.of(System.getProperty(SIGNED)), bytes);
        }
        if (step == last) {
          kill();
        }
      };
    }

    /** The CA's own TLS certificate is issued first and takes the same steps. */
    private static boolean isOfThePorts() {
      return StackWalker.getInstance()
          .walk(
              frames -> frames.anyMatch(frame -> frame.getClassName().endsWith(".CaTlsIdentity")));
    }

    private static void write(Path file, Bytes bytes) {
      try (FileChannel channel =
          FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        channel.write(bytes.asByteBuffer());
        channel.force(true);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private static void kill() {
      try {
        new ProcessBuilder("kill", "-9", Long.toString(ProcessHandle.current().pid()))
            .start()
            .waitFor();
      } catch (IOException | InterruptedException e) {
        throw new IllegalStateException("kill", e);
      }
    }
  }
}
