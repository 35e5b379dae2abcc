package dev.alts.ca.authority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alts.ca.configuration.StartRefusedException;
import dev.alts.ca.issuance.CertificateRequest;
import dev.alts.ca.issuance.IssuanceOutcome;
import dev.alts.ca.issuance.IssuanceService;
import dev.alts.ca.issuance.IssuedCertificate;
import dev.alts.ca.operations.ReadinessCheck;
import dev.alts.ca.testing.CaCore;
import dev.alts.ca.testing.CaTestDatabase;
import dev.alts.ca.testing.SoftToken;
import dev.alts.identity.Bytes;
import dev.alts.identity.EntityKind;
import dev.alts.identity.SecretBytes;
import dev.alts.identity.crypto.EcdsaP256;
import dev.alts.identity.document.RootFingerprint;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The CA's keys in a real PKCS#11 token. */
@Tag("hsm")
class Pkcs11CustodyTest {
  private static final RowIdentity ROW = new RowIdentity("resumption_root", "wrapped", "1");

  @TempDir private Path directory;
  private SoftToken token;
  private List<String> database;

  @BeforeEach
  void createToken() throws Exception {
    token = SoftToken.create(directory);
    database = CaTestDatabase.newDatabase();
  }

  @Test
  void caIssuesRotatesAndRestartsWithKeysThatNeverLeaveTheToken() throws Exception {
    RootFingerprint root;
    UUID rotated;
    try (CaCore ca = start()) {
      root = ca.bean(TrustDocuments.class).rootFingerprint();
      assertThatItVerifies(ca, ca.issueWorkload("/web"));
      assertThatItSignsLists(ca);
      ca.bean(AuthorityRotation.class).prepare(Set.of(EntityKind.WORKLOAD), "test");
      ca.bean(AuthorityRotation.class).activate(Set.of(EntityKind.WORKLOAD), "test");
      rotated = ca.bean(IssuingAuthorities.class).current(EntityKind.WORKLOAD).id();
      assertThatItVerifies(ca, ca.issueWorkload("/web"));
      assertThat(ca.jdbc().queryForList("select wrapped_private from signing_key", byte[].class))
          .as("the database holds names only")
          .allMatch(
              kept -> new String(kept, StandardCharsets.US_ASCII).matches("alts-ca-[0-9a-f-]{36}"));
    }
    assertThat(directory.resolve("kek")).as("there is no key-encryption key").doesNotExist();

    try (CaCore again = start()) {
      assertThat(again.bean(TrustDocuments.class).rootFingerprint()).isEqualTo(root);
      assertThat(again.bean(IssuingAuthorities.class).current(EntityKind.WORKLOAD).id())
          .isEqualTo(rotated);
      assertThatItVerifies(again, again.issueWorkload("/web"));
    }
    assertThatNothingIsExtractable();
  }

  private static void assertThatItSignsLists(CaCore ca) {
    SigningAuthority authority = ca.bean(IssuingAuthorities.class).current(EntityKind.WORKLOAD);
    Bytes beginOfAList =
        Bytes.copyOf(
            DerElements.element(
                DerElements.SEQUENCE, DerElements.element(DerElements.INTEGER, new byte[] {1})));
    assertThat(authority.verifies(beginOfAList, authority.signCrl(beginOfAList))).isTrue();
  }

  @Test
  void secretsOfRowsAreSealedByAKeyOfTheTokenAndOpenInTheirRowOnly() throws Exception {
    try (CaCore ca = start()) {
      KeyCustody custody = ca.bean(KeyCustody.class);
      try (SecretBytes secret = SecretBytes.copyOf(new byte[] {1, 2, 3})) {
        var sealed = custody.seal(ROW, secret);
        assertThat(custody.open(ROW, sealed).equalsSecret(secret)).isTrue();
        assertThatThrownBy(
                () -> custody.open(new RowIdentity("resumption_root", "wrapped", "2"), sealed))
            .isInstanceOf(WrappedKeyException.class);
      }
      assertThat(custody.toString()).doesNotContain(SoftToken.PIN);
    }
  }

  @Test
  void lostSessionsAreReplacedAtTheNextUse() throws Exception {
    try (CaCore ca = start();
        SecretBytes secret = SecretBytes.copyOf(new byte[] {1, 2, 3})) {
      KeyCustody custody = ca.bean(KeyCustody.class);
      var sealed = custody.seal(ROW, secret);
      ca.issueWorkload("/web");

      token.loseSessions();
      assertThatItVerifies(ca, ca.issueWorkload("/web"));
      token.loseSessions();
      assertThat(custody.open(ROW, sealed).equalsSecret(secret)).isTrue();
      token.loseSessions();
      assertThat(custody.generate(new UUID(1, 2)).spki()).isNotNull();
    }
  }

  @Test
  void tokenThatIsAwayIsToldToCallersAndByReadinessUntilItIsBack() throws Exception {
    Path pin = Path.of(pinFile());
    Path away = pin.resolveSibling("away");
    CertificateRequest request = CaCore.workload("/web", CaCore.newSpki());
    try (CaCore ca = start()) {
      ReadinessCheck readiness = ca.readiness("keyCustodyReadiness");
      IssuanceService issuance = ca.bean(IssuanceService.class);
      assertThat(readiness.problem().get()).isEmpty();

      Files.move(pin, away);
      token.loseSessions();
      assertThat(issuance.issue(request))
          .isEqualTo(new IssuanceOutcome.Unavailable(CustodyUnavailableException.FOR_CALLERS));
      assertThat(readiness.problem().get())
          .hasValueSatisfying(
              problem -> assertThat(problem).contains("does not answer", token.label()));

      Files.move(away, pin);
      long deadline = System.nanoTime() + Duration.ofMinutes(1).toNanos();
      while (readiness.problem().get().isPresent()) {
        assertThat(System.nanoTime()).isLessThan(deadline);
        Thread.onSpinWait();
      }
      assertThat(issuance.issue(request)).isInstanceOf(IssuanceOutcome.Issued.class);
    }
  }

  @Test
  void startIsRefusedWithASentenceForEverythingThatCanBeWrong() throws Exception {
    start().close();

    assertRefused(
        () -> start(token.properties("9999")), "refuses the PIN in", "before the token locks");
    assertRefused(
        () -> start("alts.ca.pkcs11.token-label=nobody"),
        "There is no token \"nobody\"",
        token.label());
    assertRefused(
        () -> start("alts.ca.pkcs11.library=/nowhere.so"), "there is no file /nowhere.so");
    assertRefused(
        () -> start("alts.ca.pkcs11.pin-file=/nowhere"), "pin-file: there is no file /nowhere");
    assertRefused(
        () -> start("alts.ca.pkcs11.token-label=", "alts.ca.pkcs11.slot=4242"),
        "There is no token in slot 4242");
    SoftToken empty = SoftToken.create(directory);
    assertRefused(
        () -> start(empty.properties()), "has no key alts-ca-wrapping", "Restore the token");
    assertRefused(
        () -> CaCore.start(directory, database), "are in the custody \"pkcs11\"", "custody=pkcs11");

    Path readable = directory.resolve("readable-pin");
    Files.writeString(readable, SoftToken.PIN);
    Files.setPosixFilePermissions(readable, PosixFilePermissions.fromString("rw-r--r--"));
    assertRefused(() -> start("alts.ca.pkcs11.pin-file=" + readable), "chmod go= " + readable);
    start().close();
  }

  @Test
  void missingSigningKeyStopsTheStart() throws Exception {
    start().close();
    CaTestDatabase.connect(database)
        .update(
            "update signing_key set wrapped_private = 'alts-ca-gone' where purpose = 'authority'");

    assertRefused(() -> start(), "has no key alts-ca-gone, which the database names");
  }

  @Test
  void anotherTokenWithItsOwnWrappingKeyIsNotTakenForThisOne() throws Exception {
    start().close();
    SoftToken other = SoftToken.create(directory);
    CaCore.start(directory.resolve("other"), CaTestDatabase.newDatabase(), other.properties())
        .close();

    assertRefused(() -> start(other.properties()), "is not the one that the keys in the database");
  }

  private String pinFile() throws Exception {
    String property = "alts.ca.pkcs11.pin-file=";
    return Stream.of(token.properties())
        .filter(each -> each.startsWith(property))
        .map(each -> each.substring(property.length()))
        .findFirst()
        .orElseThrow();
  }

  private CaCore start(String... more) throws Exception {
    return CaCore.start(
        directory,
        database,
        Stream.concat(Stream.of(token.properties()), Stream.of(more)).toArray(String[]::new));
  }

  private static void assertRefused(ThrowingCallable start, String... sentences) {
    assertThatThrownBy(start)
        .satisfies(failure -> {
          Throwable refusal = failure;
          while (refusal != null && !(refusal instanceof StartRefusedException)) {
            refusal = refusal.getCause();
          }
          assertThat(refusal).as("cause of %s", failure).isNotNull();
          assertThat(refusal.getMessage()).contains(sentences);
        });
  }

  private static void assertThatItVerifies(CaCore ca, IssuedCertificate issued) throws Exception {
    X509Certificate certificate =
        (X509Certificate)
            CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(issued.der().toByteArray()));
    certificate.verify(
        EcdsaP256.best()
            .decodePublicKey(
                ca.bean(IssuingAuthorities.class)
                    .current(EntityKind.WORKLOAD)
                    .certificate()
                    .spki()));
  }

  private void assertThatNothingIsExtractable() throws Exception {
    List<String> secrets =
        token.objects().stream()
            .filter(object ->
                object.startsWith("Private Key Object") || object.startsWith("Secret Key Object"))
            .toList();
    // root, three document keys, three authorities and a fourth; the wrapping key
    assertThat(secrets).hasSizeGreaterThanOrEqualTo(9);
    assertThat(secrets)
        .allSatisfy(object ->
            assertThat(object).contains("never extractable").contains("always sensitive"));
  }
}
