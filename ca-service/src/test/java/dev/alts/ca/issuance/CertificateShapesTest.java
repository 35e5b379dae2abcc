package dev.alts.ca.issuance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.alts.ca.testing.CaCore;
import dev.alts.identity.Bytes;
import dev.alts.identity.SpiffeId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every kind of certificate means the same to every parser that our users are likely to have. */
class CertificateShapesTest {
  private static final Map<CertificateProfile, Bytes> ISSUED =
      new EnumMap<>(CertificateProfile.class);

  @TempDir static Path directory;

  @BeforeAll
  static void issue() throws IOException {
    try (CaCore ca = CaCore.start()) {
      for (CertificateProfile profile : CertificateProfile.values()) {
        Bytes der = issue(ca.bean(IssuanceService.class), profile);
        ISSUED.put(profile, der);
        Files.write(file(profile), der.toByteArray());
      }
    }
  }

  @AfterAll
  static void forget() {
    ISSUED.clear();
  }

  @ParameterizedTest
  @EnumSource(CertificateProfile.class)
  void bouncyCastleReadsWhatTheJdkReads(CertificateProfile profile) throws Exception {
    Bytes der = ISSUED.get(profile);

    assertThat(ShapeReaders.bouncyCastle(der)).containsAllEntriesOf(ShapeReaders.jdk(der));
  }

  @ParameterizedTest
  @EnumSource(CertificateProfile.class)
  void opensslReadsTheSame(CertificateProfile profile) throws Exception {
    requireProgram("openssl", "version", "package openssl");

    assertThat(reference(profile)).containsAllEntriesOf(ShapeReaders.openssl(file(profile)));
  }

  @ParameterizedTest
  @EnumSource(CertificateProfile.class)
  void gnutlsReadsTheSame(CertificateProfile profile) throws Exception {
    requireProgram("certtool", "--version", "package gnutls-bin");

    assertThat(reference(profile)).containsAllEntriesOf(ShapeReaders.gnutls(file(profile)));
  }

  @ParameterizedTest
  @EnumSource(CertificateProfile.class)
  void pythonReadsTheSame(CertificateProfile profile) throws Exception {
    assumeTrue(
        succeeds("/usr/bin/python3", "-c", "import cryptography.x509"),
        "Python's cryptography is not installed: package python3-cryptography");

    assertThat(reference(profile)).isEqualTo(ShapeReaders.python(file(profile)));
  }

  @ParameterizedTest
  @EnumSource(CertificateProfile.class)
  void goReadsTheSame(CertificateProfile profile) throws Exception {
    requireProgram("go", "version", "package golang-go");
    Path program = directory.resolve("shape-reader");
    if (!Files.exists(program)) {
      ShapeReaders.goProgram(directory);
    }

    assertThat(reference(profile)).isEqualTo(ShapeReaders.go(program, file(profile)));
  }

  private static Map<String, String> reference(CertificateProfile profile) throws IOException {
    return ShapeReaders.bouncyCastle(ISSUED.get(profile));
  }

  private static Path file(CertificateProfile profile) {
    return directory.resolve(profile.name() + ".der");
  }

  private static void requireProgram(String program, String argument, String remedy) {
    assumeTrue(succeeds(program, argument), "%s is not installed: %s".formatted(program, remedy));
  }

  private static boolean succeeds(String... command) {
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor() == 0;
    } catch (IOException e) {
      // There is no such program.
      return false;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static Bytes issue(IssuanceService issuance, CertificateProfile profile) {
    IssuanceOutcome outcome =
        issuance.issue(
            new CertificateRequest(
                IdempotencyKey.random(new SecureRandom()),
                authorization(profile),
                profile,
                CaCore.newSpki(),
                null));
    assertThat(outcome).isInstanceOf(IssuanceOutcome.Issued.class);
    return ((IssuanceOutcome.Issued) outcome).certificate().der();
  }

  private static IssuanceAuthorization authorization(CertificateProfile profile) {
    return switch (profile) {
      case MACHINE_MASTER, MACHINE_TLS ->
          new IssuanceAuthorization.MachineAttestation(id("/machine/h-1"), "h-1", "", "join-token");
      case WORKLOAD_MASTER, WORKLOAD_HANDED_OUT ->
          new IssuanceAuthorization.RuleDecision(id("/shop/web"), "h-1", "rack-7", "web", 1);
      case HUMAN_MASTER, HUMAN_TLS ->
          new IssuanceAuthorization.HumanLogin(id("/human/ada"), "", "enrolment");
      case CA_TLS -> new IssuanceAuthorization.OwnEndpoint(id("/ca"));
    };
  }

  private static SpiffeId id(String path) {
    return SpiffeId.of(CaCore.DOMAIN, path);
  }
}
