package dev.alts.ca.machine;

import static dev.alts.ca.authority.DerElements.BIT_STRING;
import static dev.alts.ca.authority.DerElements.INTEGER;
import static dev.alts.ca.authority.DerElements.OCTET_STRING;
import static dev.alts.ca.authority.DerElements.SEQUENCE;
import static dev.alts.ca.authority.DerElements.UTC_TIME;
import static dev.alts.ca.authority.DerElements.element;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alts.api.machine.v1.CertificateUse;
import dev.alts.api.machine.v1.IssuedCertificate;
import dev.alts.ca.attestation.MachineName;
import dev.alts.ca.authority.CertificateEnvelope;
import dev.alts.ca.authority.IssuingAuthorities;
import dev.alts.ca.authority.KeyIdentifier;
import dev.alts.ca.authority.SigningAuthority;
import dev.alts.ca.crl.Crls;
import dev.alts.ca.crl.PublishedCrl;
import dev.alts.ca.revocation.ReasonCode;
import dev.alts.ca.revocation.RevocationRequest;
import dev.alts.ca.revocation.RevocationService;
import dev.alts.ca.revocation.RevocationTarget;
import dev.alts.identity.Bytes;
import dev.alts.identity.EntityKind;
import dev.alts.identity.RevocationId;
import dev.alts.identity.SpiffeId;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CRLReason;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertStore;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateRevokedException;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXParameters;
import java.security.cert.PKIXRevocationChecker;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CRL;
import java.security.cert.X509CRLEntry;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lists of RFC 5280, as those read them who verify ordinary certificates. */
class CrlTest {
  private static final SpiffeId WEB = SpiffeId.parse("spiffe://test.alts/demo/web");

  private static MachineCa ca;
  private static RawAgent agent;

  @TempDir private Path files;

  @BeforeAll
  static void start() {
    ca = MachineCa.start();
    ca.apply(MachineCa.WEB, MachineCa.NEXT);
    agent = ca.attested("crl-1");
  }

  @AfterAll
  static void stop() {
    ca.close();
  }

  @Test
  void anEmptyListHasTheseBytesAndNoOthers() {
    SigningAuthority human = authority(EntityKind.HUMAN);
    PublishedCrl list = refreshed(human);
    byte[] der = list.der().toByteArray();
    Bytes signature = signatureIn(der);

    byte[] expected =
        element(
            SEQUENCE,
            element(INTEGER, new byte[] {1}),
            CertificateEnvelope.algorithmDer().toByteArray(),
            human.certificate().certificate().subject().toByteArray(),
            utc(list.thisUpdate()),
            utc(list.nextUpdate()),
            // No revokedCertificates at all (RFC 5280 5.1.2.6), then the extensions.
            element(
                0xa0,
                element(
                    SEQUENCE,
                    extension(
                        "0603551d23",
                        element(
                            SEQUENCE,
                            element(
                                0x80, KeyIdentifier.of(human.certificate().spki()).toByteArray()))),
                    extension(
                        "0603551d14",
                        element(INTEGER, BigInteger.valueOf(list.number()).toByteArray())))));
    assertThat(der)
        .isEqualTo(
            element(
                SEQUENCE,
                expected,
                CertificateEnvelope.algorithmDer().toByteArray(),
                element(BIT_STRING, new byte[] {0}, signature.toByteArray())));
    assertThat(human.verifies(Bytes.copyOf(expected), signature)).isTrue();
    assertThat(list.entries()).isZero();
    assertThat(list.nextUpdate()).isEqualTo(list.thisUpdate().plusSeconds(86_400));
  }

  private static Bytes signatureIn(byte[] der) {
    try {
      return Bytes.copyOf(parse(der).getSignature());
    } catch (RuntimeException e) {
      throw new AssertionError(e);
    }
  }

  private static byte[] extension(String id, byte[] value) {
    return element(SEQUENCE, Bytes.fromHex(id).toByteArray(), element(OCTET_STRING, value));
  }

  private static byte[] utc(Instant time) {
    return element(
        UTC_TIME,
        DateTimeFormatter.ofPattern("uuMMddHHmmss'Z'")
            .withZone(ZoneOffset.UTC)
            .format(time)
            .getBytes(StandardCharsets.US_ASCII));
  }

  @Test
  @Tag("abuse-46")
  void revokedCertificateIsRefusedByTheJdkAndByOpenssl() throws Exception {
    X509Certificate gone = certificate(1000);
    X509Certificate other = certificate(3000);
    SigningAuthority workload = authority(EntityKind.WORKLOAD);
    long before = refreshed(workload).number();

    revoke(
        new RevocationTarget.Certificate(new RevocationId(revocationId(gone))),
        ReasonCode.KEY_COMPROMISE);
    PublishedCrl list = refreshed(workload);

    X509CRL crl = parse(list.der().toByteArray());
    X509CRLEntry entry = crl.getRevokedCertificate(gone.getSerialNumber());
    assertThat(entry.getRevocationReason()).isEqualTo(CRLReason.KEY_COMPROMISE);
    assertThat(list.number()).isGreaterThan(before);
    assertThat(crl.getRevokedCertificate(other.getSerialNumber())).isNull();
    validate(workload, crl, other);
    assertThatThrownBy(() -> validate(workload, crl, gone))
        .isInstanceOf(CertPathValidatorException.class)
        .hasCauseInstanceOf(CertificateRevokedException.class);
    assertThat(openssl(workload, list, other)).contains("OK");
    assertThat(openssl(workload, list, gone)).contains("certificate revoked");
    assertThat(opensslText(list))
        .contains("X509v3 CRL Number", "X509v3 Authority Key Identifier", "Key Compromise");
  }

  @Test
  void whatWasIssuedToASubjectBeforeTAndNothingLaterIsListed() throws Exception {
    X509Certificate first = certificate(1000);
    X509Certificate second = certificate(1000);

    revoke(new RevocationTarget.Subject(WEB), ReasonCode.SUPERSEDED);
    X509Certificate later = certificate(1000);
    X509CRL crl = list(EntityKind.WORKLOAD);

    assertThat(crl.getRevokedCertificate(first.getSerialNumber())).isNotNull();
    assertThat(crl.getRevokedCertificate(second.getSerialNumber())).isNotNull();
    assertThat(crl.getRevokedCertificate(later.getSerialNumber())).isNull();
  }

  @Test
  void whatWasIssuedOnAMachineIsListedByEachAuthorityThatIssuedIt() throws Exception {
    RawAgent lost = ca.attested("crl-2");
    X509Certificate own = parseCertificate(lost.credentials().getTls().getChain(0).toByteArray());
    X509Certificate process = certificate(lost, 1000);

    revoke(
        new RevocationTarget.Machine(new MachineName("crl-2")), ReasonCode.CESSATION_OF_OPERATION);

    assertThat(list(EntityKind.MACHINE).getRevokedCertificate(own.getSerialNumber())).isNotNull();
    assertThat(list(EntityKind.WORKLOAD).getRevokedCertificate(process.getSerialNumber()))
        .isNotNull();
    assertThat(list(EntityKind.WORKLOAD).getRevokedCertificate(own.getSerialNumber())).isNull();
  }

  @Test
  void allThatAnAuthorityIssuedIsListedWhenItIsRevoked() throws Exception {
    try (MachineCa another = MachineCa.start()) {
      another.apply(MachineCa.WEB);
      X509Certificate issued = certificate(another.attested("crl-3"), 1000);
      SigningAuthority workload =
          another.bean(IssuingAuthorities.class).current(EntityKind.WORKLOAD);

      another
          .bean(RevocationService.class)
          .revoke(
              request(
                  new RevocationTarget.Authority(workload.certificate().spkiSha256()),
                  ReasonCode.CA_COMPROMISE));
      another.bean(Crls.class).refresh();
      PublishedCrl list =
          another.bean(Crls.class).find(workload.certificate().spkiSha256()).orElseThrow();

      assertThat(
              parse(list.der().toByteArray())
                  .getRevokedCertificate(issued.getSerialNumber())
                  .getRevocationReason())
          .isEqualTo(CRLReason.CA_COMPROMISE);
    }
  }

  @Test
  @Tag("abuse-47")
  void listOfOneAuthorityProvesNothingAboutAnothersCertificates() throws Exception {
    X509Certificate process = certificate(3000);
    SigningAuthority workload = authority(EntityKind.WORKLOAD);
    PublishedCrl foreign = refreshed(authority(EntityKind.MACHINE));

    assertThatThrownBy(() -> validate(workload, parse(foreign.der().toByteArray()), process))
        .isInstanceOfSatisfying(
            CertPathValidatorException.class,
            failure ->
                assertThat(failure.getReason())
                    .isEqualTo(BasicReason.UNDETERMINED_REVOCATION_STATUS));
    assertThat(openssl(workload, foreign, process)).contains("unable to get certificate CRL");
  }

  @Test
  @Tag("abuse-46")
  void expiredCertificateLeavesTheListAfterOneThatShowedItExpired() throws Exception {
    X509Certificate gone = certificate(1000);
    revoke(
        new RevocationTarget.Certificate(new RevocationId(revocationId(gone))),
        ReasonCode.UNSPECIFIED);
    assertThat(list(EntityKind.WORKLOAD).getRevokedCertificate(gone.getSerialNumber())).isNotNull();

    // The entry of our own list is forgotten, and the certificate has expired.
    ca.jdbc().update("UPDATE revocation_entry SET certificates_marked = true");
    ca.jdbc().update("UPDATE revocation_entry SET drop_after = clock_timestamp()");
    ca.jdbc()
        .update(
            "UPDATE revoked_certificate SET not_after = clock_timestamp() - interval '2 min'"
                + " WHERE serial = ?",
            (Object) gone.getSerialNumber().toByteArray());

    X509CRL shown = later(EntityKind.WORKLOAD);
    assertThat(shown.getRevokedCertificate(gone.getSerialNumber())).isNotNull();
    assertThat(shown.getRevokedCertificate(gone.getSerialNumber()).hasExtensions())
        .as("unspecified is said by saying nothing")
        .isFalse();
    assertThat(later(EntityKind.WORKLOAD).getRevokedCertificate(gone.getSerialNumber())).isNull();
  }

  @Test
  void certificateRecordedAfterItsRevocationIsListedToo() throws Exception {
    X509Certificate issued = certificate(1000);
    revoke(new RevocationTarget.Subject(WEB), ReasonCode.UNSPECIFIED);
    // As if its row had become visible only now, or a replica of an earlier version had revoked.
    ca.jdbc()
        .update(
            "DELETE FROM revoked_certificate WHERE serial = ?",
            (Object) issued.getSerialNumber().toByteArray());

    assertThat(list(EntityKind.WORKLOAD).getRevokedCertificate(issued.getSerialNumber()))
        .isNotNull();
  }

  @Test
  void anAuthoritySignsListsAndNothingElseAsLists() {
    SigningAuthority workload = authority(EntityKind.WORKLOAD);

    assertThat(workload.certificate().maySignCrls()).isTrue();
    assertThatThrownBy(() ->
            workload.signCrl(Bytes.copyOf(element(SEQUENCE, element(0xa0, new byte[] {2, 1, 2})))))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static RevocationRequest request(RevocationTarget target, ReasonCode code) {
    return new RevocationRequest(target, false, code, "test", "test");
  }

  private static void revoke(RevocationTarget target, ReasonCode code) {
    var _ = ca.bean(RevocationService.class).revoke(request(target, code));
  }

  private static SigningAuthority authority(EntityKind kind) {
    return ca.bean(IssuingAuthorities.class).current(kind);
  }

  private static PublishedCrl refreshed(SigningAuthority authority) {
    ca.bean(Crls.class).refresh();
    return ca.bean(Crls.class).find(authority.certificate().spkiSha256()).orElseThrow();
  }

  private static X509CRL list(EntityKind kind) {
    return parse(refreshed(authority(kind)).der().toByteArray());
  }

  /** {@return the list that is signed when the present one is an hour old} */
  private static X509CRL later(EntityKind kind) {
    ca.jdbc().update("UPDATE crl SET this_update = this_update - interval '2 hours'");
    return list(kind);
  }

  private static X509CRL parse(byte[] der) {
    try {
      return (X509CRL)
          CertificateFactory.getInstance("X.509").generateCRL(new ByteArrayInputStream(der));
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static X509Certificate parseCertificate(byte[] der) {
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(der));
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static X509Certificate certificate(long uid) {
    return certificate(agent, uid);
  }

  /** {@return a certificate that a program gets with its key, for plain TLS} */
  private static X509Certificate certificate(RawAgent at, long uid) {
    IssuedCertificate issued =
        at.issue(RawAgent.itemOf(uid).setUse(CertificateUse.HANDED_OUT).build())
            .getGrant()
            .getCertificate();
    return parseCertificate(issued.getChain(0).toByteArray());
  }

  private static long revocationId(X509Certificate certificate) {
    Long id =
        ca.jdbc()
            .queryForObject(
                "SELECT revocation_id FROM certificate WHERE serial = ?",
                Long.class,
                (Object) certificate.getSerialNumber().toByteArray());
    assertThat(id).isNotNull();
    return id == null ? 0 : id;
  }

  private static X509Certificate certificateOf(SigningAuthority authority) {
    return parseCertificate(authority.certificate().der().toByteArray());
  }

  private static void validate(SigningAuthority authority, X509CRL crl, X509Certificate leaf)
      throws GeneralSecurityException {
    CertPathValidator validator = CertPathValidator.getInstance("PKIX");
    PKIXRevocationChecker checker = (PKIXRevocationChecker) validator.getRevocationChecker();
    checker.setOptions(
        EnumSet.of(
            PKIXRevocationChecker.Option.PREFER_CRLS, PKIXRevocationChecker.Option.NO_FALLBACK));
    PKIXParameters parameters =
        new PKIXParameters(Set.of(new TrustAnchor(certificateOf(authority), null)));
    parameters.addCertStore(
        CertStore.getInstance("Collection", new CollectionCertStoreParameters(List.of(crl))));
    parameters.setRevocationEnabled(true);
    parameters.addCertPathChecker(checker);
    var _ =
        validator.validate(
            CertificateFactory.getInstance("X.509").generateCertPath(List.of(leaf)), parameters);
  }

  private String openssl(SigningAuthority authority, PublishedCrl list, X509Certificate leaf)
      throws Exception {
    Path anchor = pem("CERTIFICATE", certificateOf(authority).getEncoded());
    Path crl = pem("X509 CRL", list.der().toByteArray());
    Path certificate = pem("CERTIFICATE", leaf.getEncoded());
    return run(
        "openssl",
        "verify",
        "-crl_check",
        "-CAfile",
        anchor.toString(),
        "-CRLfile",
        crl.toString(),
        certificate.toString());
  }

  private String opensslText(PublishedCrl list) throws Exception {
    return run(
        "openssl",
        "crl",
        "-noout",
        "-text",
        "-in",
        pem("X509 CRL", list.der().toByteArray()).toString());
  }

  private Path pem(String label, byte[] der) throws IOException {
    Path file = Files.createTempFile(files, "openssl", ".pem");
    return Files.writeString(
        file,
        "-----BEGIN %s-----\n%s\n-----END %s-----\n"
            .formatted(
                label, Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der), label));
  }

  private static String run(String... command) throws Exception {
    Process process;
    try {
      process = new ProcessBuilder(command).redirectErrorStream(true).start();
    } catch (IOException e) {
      Assumptions.abort("openssl is not installed, so no third party checks our lists: " + e);
      throw new AssertionError("abort throws", e);
    }
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return said;
  }
}
