package dev.alts.ca.authority;

import dev.alts.identity.Bytes;
import dev.alts.identity.TrustDomain;
import dev.alts.identity.x509.AuthorityCertificate;
import dev.alts.identity.x509.InvalidCertificateException;
import dev.alts.identity.x509.StrictCertificate;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x509.Time;
import org.bouncycastle.asn1.x509.V3TBSCertificateGenerator;

/**
 * A certificate like those that an authority issues, for asking whether they would be accepted. It
 * is signed by nobody: the CA signs nothing that it has not recorded.
 */
final class ExemplaryLeaf {
  private static final Bytes NO_SIGNATURE = Bytes.fromHex("3006020101020101");

  private final TrustDomain domain;

  ExemplaryLeaf(TrustDomain domain) {
    this.domain = domain;
  }

  StrictCertificate of(AuthorityCertificate authority, Instant now)
      throws InvalidCertificateException {
    V3TBSCertificateGenerator tbs = new V3TBSCertificateGenerator();
    tbs.setSerialNumber(new ASN1Integer(BigInteger.ONE));
    tbs.setSignature(CertificateEnvelope.ALGORITHM);
    tbs.setIssuer(X500Name.getInstance(authority.certificate().subject().toByteArray()));
    tbs.setSubject(new X500Name(new org.bouncycastle.asn1.x500.RDN[0]));
    tbs.setStartDate(new Time(Date.from(now)));
    tbs.setEndDate(new Time(Date.from(now.plus(Duration.ofHours(1)))));
    tbs.setSubjectPublicKeyInfo(SubjectPublicKeyInfo.getInstance(authority.spki().toByteArray()));
    try {
      tbs.setExtensions(extensions(authority).generate());
      return StrictCertificate.parse(
          CertificateEnvelope.of(
              Bytes.copyOf(tbs.generateTBSCertificate().getEncoded("DER")), NO_SIGNATURE));
    } catch (IOException e) {
      throw new UncheckedIOException("encoding an exemplary certificate", e);
    }
  }

  private ExtensionsGenerator extensions(AuthorityCertificate authority) throws IOException {
    ExtensionsGenerator extensions = new ExtensionsGenerator();
    extensions.addExtension(
        Extension.subjectAlternativeName,
        true,
        new GeneralNames(
            new GeneralName(
                GeneralName.uniformResourceIdentifier, domain.id() + "/exemplary-leaf")));
    extensions.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
    extensions.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
    extensions.addExtension(
        Extension.extendedKeyUsage,
        false,
        new ExtendedKeyUsage(
            new KeyPurposeId[] {KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth}));
    extensions.addExtension(
        Extension.authorityKeyIdentifier,
        false,
        new AuthorityKeyIdentifier(KeyIdentifier.of(authority.spki()).toByteArray()));
    return extensions;
  }
}
