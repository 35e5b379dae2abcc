package dev.alts.ca.issuance;

import dev.alts.ca.authority.CertificateEnvelope;
import dev.alts.ca.authority.KeyIdentifier;
import dev.alts.identity.Bytes;
import dev.alts.identity.x509.AltsAttributesExtension;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.x500.RDN;
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
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x509.Time;
import org.bouncycastle.asn1.x509.V3TBSCertificateGenerator;

/** The same signed part as {@link CertificateBuilder} writes, encoded by a library instead. */
final class BouncyCastleBuilder {
  private static final ASN1ObjectIdentifier ALTS_ATTRIBUTES =
      new ASN1ObjectIdentifier(AltsAttributesExtension.OID);
  private static final X500Name NO_NAME = new X500Name(new RDN[0]);

  private BouncyCastleBuilder() {}

  /** {@return the DER of TBSCertificate} */
  static Bytes build(CertificateContent content) {
    V3TBSCertificateGenerator tbs = new V3TBSCertificateGenerator();
    tbs.setSerialNumber(new ASN1Integer(content.serial()));
    tbs.setSignature(CertificateEnvelope.ALGORITHM);
    tbs.setIssuer(
        X500Name.getInstance(content.issuer().certificate().certificate().subject().toByteArray()));
    tbs.setStartDate(time(content.notBefore()));
    tbs.setEndDate(time(content.notAfter()));
    tbs.setSubject(NO_NAME);
    tbs.setSubjectPublicKeyInfo(SubjectPublicKeyInfo.getInstance(content.spki().toByteArray()));
    try {
      tbs.setExtensions(extensions(content).generate());
      return Bytes.copyOf(tbs.generateTBSCertificate().getEncoded(ASN1Encoding.DER));
    } catch (IOException e) {
      throw new UncheckedIOException("encoding a certificate", e);
    }
  }

  private static ExtensionsGenerator extensions(CertificateContent content) throws IOException {
    ExtensionsGenerator extensions = new ExtensionsGenerator();
    // Critical because the subject is empty (RFC 5280 4.2.1.6).
    extensions.addExtension(
        Extension.subjectAlternativeName,
        true,
        new GeneralNames(
            new GeneralName(GeneralName.uniformResourceIdentifier, content.subject().toString())));
    extensions.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
    extensions.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
    extensions.addExtension(
        Extension.extendedKeyUsage,
        false,
        new ExtendedKeyUsage(
            new KeyPurposeId[] {KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth}));
    extensions.addExtension(
        Extension.subjectKeyIdentifier,
        false,
        new SubjectKeyIdentifier(KeyIdentifier.of(content.spki()).toByteArray()));
    extensions.addExtension(
        Extension.authorityKeyIdentifier,
        false,
        new AuthorityKeyIdentifier(
            KeyIdentifier.of(content.issuer().certificate().spki()).toByteArray()));
    extensions.addExtension(
        ALTS_ATTRIBUTES,
        false,
        ASN1Primitive.fromByteArray(
            AltsAttributesExtension.encode(content.attributes()).toByteArray()));
    return extensions;
  }

  private static Time time(Instant instant) {
    return new Time(Date.from(instant));
  }
}
