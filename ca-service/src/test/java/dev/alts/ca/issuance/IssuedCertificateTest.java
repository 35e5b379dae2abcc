package dev.alts.ca.issuance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.alts.ca.authority.IssuingAuthorities;
import dev.alts.ca.authority.KeyIdentifier;
import dev.alts.ca.authority.SigningAuthority;
import dev.alts.ca.testing.CaCore;
import dev.alts.identity.AltsAttributes;
import dev.alts.identity.Bytes;
import dev.alts.identity.EntityKind;
import dev.alts.identity.SpiffeId;
import dev.alts.identity.crypto.EcdsaP256;
import dev.alts.identity.x509.AltsAttributesExtension;
import dev.alts.identity.x509.SvidCertificate;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class IssuedCertificateTest {
  private static CaCore ca;

  @BeforeAll
  static void start() {
    ca = CaCore.start();
  }

  @AfterAll
  static void stop() {
    ca.close();
  }

  @Test
  void workloadMasterSaysExactlyWhatWasAuthorized() throws Exception {
    Bytes spki = CaCore.newSpki();
    IssuedCertificate issued = issue(CaCore.workload("/web", spki));
    SigningAuthority authority = ca.bean(IssuingAuthorities.class).current(EntityKind.WORKLOAD);

    X509Certificate certificate = parse(issued.der());

    assertThat(certificate.getVersion()).isEqualTo(3);
    assertThat(certificate.getSerialNumber()).isPositive();
    assertThat(certificate.getSerialNumber().bitLength()).isBetween(65, 127);
    assertThat(certificate.getSigAlgName()).isEqualTo("SHA256withECDSA");
    assertThat(certificate.getIssuerX500Principal())
        .isEqualTo(authority.certificate().certificate().x509().getSubjectX500Principal());
    assertThat(certificate.getSubjectX500Principal().getName()).isEmpty();
    assertThat(Bytes.copyOf(certificate.getPublicKey().getEncoded())).isEqualTo(spki);
    assertThat(certificate.getSubjectAlternativeNames())
        .singleElement()
        .isEqualTo(List.of(6, "spiffe://test.alts/web"));
    assertThat(certificate.getBasicConstraints()).isEqualTo(-1);
    assertThat(certificate.getKeyUsage())
        .containsExactly(true, false, false, false, false, false, false, false, false);
    assertThat(certificate.getExtendedKeyUsage())
        .containsExactly("1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2");
    assertThat(certificate.getCriticalExtensionOIDs())
        .containsExactlyInAnyOrder("2.5.29.17", "2.5.29.19", "2.5.29.15");
    assertThat(certificate.getNonCriticalExtensionOIDs())
        .containsExactlyInAnyOrder(
            "2.5.29.37", "2.5.29.14", "2.5.29.35", AltsAttributesExtension.OID);
    assertThat(certificate.getExtensionValue("2.5.29.14"))
        .endsWith(KeyIdentifier.of(spki).toByteArray());
    assertThat(certificate.getExtensionValue("2.5.29.35"))
        .endsWith(KeyIdentifier.of(authority.certificate().spki()).toByteArray());
    assertThat(
            Duration.between(issued.attributes().issuedAt(), certificate.getNotAfter().toInstant()))
        .isEqualTo(Duration.ofHours(1));
    assertThat(
            Duration.between(
                certificate.getNotBefore().toInstant(), issued.attributes().issuedAt()))
        .isEqualTo(Duration.ofSeconds(60));
    certificate.verify(authority.certificate().certificate().x509().getPublicKey());
  }

  @Test
  void attributesAreReadBackByTheVerifiersParser() throws Exception {
    IssuedCertificate issued = issue(CaCore.workload("/web", CaCore.newSpki()));

    AltsAttributes attributes = SvidCertificate.parse(issued.der()).attributes().orElseThrow();

    assertThat(attributes.kind()).isEqualTo(EntityKind.WORKLOAD);
    assertThat(attributes.boundary()).isEqualTo("rack-7");
    assertThat(attributes.machine()).isEqualTo("host-1");
    assertThat(attributes.mayDelegate()).isTrue();
    assertThat(attributes.revocationId().category()).isEqualTo(EntityKind.WORKLOAD.number());
    assertThat(attributes).isEqualTo(issued.attributes());
  }

  @ParameterizedTest
  @EnumSource(CertificateProfile.class)
  void everyProfileIsValidUnderItsAuthorityForTheJdksPathValidator(CertificateProfile profile)
      throws Exception {
    IssuedCertificate issued = issue(requestFor(profile));
    X509Certificate authority =
        ca.bean(IssuingAuthorities.class)
            .current(profile.kind())
            .certificate()
            .certificate()
            .x509();

    PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(authority, null)));
    parameters.setRevocationEnabled(false);
    CertPathValidator.getInstance("PKIX")
        .validate(
            CertificateFactory.getInstance("X.509").generateCertPath(List.of(parse(issued.der()))),
            parameters);

    assertThat(issued.attributes().kind()).isEqualTo(profile.kind());
    assertThat(issued.attributes().mayDelegate()).isEqualTo(profile.mayDelegate());
  }

  @Test
  void opensslVerifiesItAndSeesTheSameNames(@TempDir Path directory) throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/openssl")), "openssl is not installed");
    IssuedCertificate issued = issue(CaCore.workload("/web", CaCore.newSpki()));
    Path leaf = Files.write(directory.resolve("leaf.der"), issued.der().toByteArray());
    Path authority =
        pem(
            directory.resolve("authority.pem"),
            ca.bean(IssuingAuthorities.class).current(EntityKind.WORKLOAD).certificate().der());

    String text = openssl("x509", "-inform", "DER", "-in", leaf.toString(), "-noout", "-text");
    String verdict =
        openssl(
            "verify",
            "-x509_strict",
            "-purpose",
            "sslserver",
            "-CAfile",
            authority.toString(),
            leaf.toString());

    assertThat(text).contains("URI:spiffe://test.alts/web", "Digital Signature", "CA:FALSE");
    assertThat(verdict).contains("OK");
  }

  @Tag("abuse-5")
  @Test
  void nothingButThePublicKeyComesFromTheRequester() throws Exception {
    Bytes one = CaCore.newSpki();
    Bytes other = CaCore.newSpki();

    X509Certificate first = parse(issue(CaCore.workload("/web", one)).der());
    X509Certificate second = parse(issue(CaCore.workload("/web", other)).der());

    Set<String> differing = new HashSet<>();
    for (String oid : first.getNonCriticalExtensionOIDs()) {
      if (!Bytes.copyOf(first.getExtensionValue(oid))
          .equals(Bytes.copyOf(second.getExtensionValue(oid)))) {
        differing.add(oid);
      }
    }
    // The key's identifier follows the key; the attributes hold the revocation ID.
    assertThat(differing).containsExactlyInAnyOrder("2.5.29.14", AltsAttributesExtension.OID);
    for (String oid : first.getCriticalExtensionOIDs()) {
      assertThat(first.getExtensionValue(oid)).isEqualTo(second.getExtensionValue(oid));
    }
  }

  private static IssuedCertificate issue(CertificateRequest request) {
    IssuanceOutcome outcome = ca.bean(IssuanceService.class).issue(request);
    assertThat(outcome).isInstanceOf(IssuanceOutcome.Issued.class);
    return ((IssuanceOutcome.Issued) outcome).certificate();
  }

  private static CertificateRequest requestFor(CertificateProfile profile) {
    IssuanceAuthorization authorization =
        switch (profile) {
          case MACHINE_MASTER, MACHINE_TLS ->
              new IssuanceAuthorization.MachineAttestation(
                  SpiffeId.of(CaCore.DOMAIN, "/machine/host-1"), "host-1", "rack-7", "join-token");
          case WORKLOAD_MASTER, WORKLOAD_HANDED_OUT ->
              new IssuanceAuthorization.RuleDecision(
                  SpiffeId.of(CaCore.DOMAIN, "/web"), "host-1", "rack-7", "web", 1);
          case HUMAN_MASTER, HUMAN_TLS ->
              new IssuanceAuthorization.HumanLogin(
                  SpiffeId.of(CaCore.DOMAIN, "/human/ada"), "", "enrolment");
          case CA_TLS -> new IssuanceAuthorization.OwnEndpoint(SpiffeId.of(CaCore.DOMAIN, "/ca"));
        };
    return new CertificateRequest(
        IdempotencyKey.random(new SecureRandom()),
        authorization,
        profile,
        Bytes.copyOf(EcdsaP256.best().generateKeyPair(new SecureRandom()).getPublic().getEncoded()),
        null);
  }

  private static X509Certificate parse(Bytes der) throws Exception {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(der.toByteArray()));
  }

  private static Path pem(Path file, Bytes der) throws Exception {
    String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der.toByteArray());
    return Files.writeString(
        file, "-----BEGIN CERTIFICATE-----\n" + base64 + "\n-----END CERTIFICATE-----\n");
  }

  private static String openssl(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("/usr/bin/openssl"));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return output;
  }
}
