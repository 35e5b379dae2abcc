package dev.alts.testing;

import java.io.IOException;
import java.security.KeyPair;
import java.util.Arrays;
import java.util.Date;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v1CertificateBuilder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Turns a {@link CertificateRequest} into DER. */
final class CertificateMaker {
  private CertificateMaker() {}

  static byte[] make(CertificateRequest request, X500Name issuerName, KeyPair issuerKey) {
    X500Name issuer = request.issuer == null ? issuerName : request.issuer;
    SubjectPublicKeyInfo spki = SubjectPublicKeyInfo.getInstance(TestKeys.spki(request.keyPair));
    Date from = Date.from(request.notBefore);
    Date to = Date.from(request.notAfter);
    try {
      ContentSigner signer =
          new JcaContentSignerBuilder(request.signatureAlgorithm)
              .setProvider(TestKeys.PROVIDER)
              .build(issuerKey.getPrivate());
      if (request.version1) {
        return new X509v1CertificateBuilder(issuer, request.serial, from, to, request.subject, spki)
            .build(signer)
            .getEncoded();
      }
      X509v3CertificateBuilder builder =
          new X509v3CertificateBuilder(issuer, request.serial, from, to, request.subject, spki);
      addExtensions(builder, request, issuerKey);
      return builder.build(signer).getEncoded();
    } catch (OperatorCreationException | IOException e) {
      throw new AssertionError("BouncyCastle builds what the test asked for", e);
    }
  }

  static byte[] keyIdentifier(KeyPair pair) {
    byte[] digest = TestKeys.sha256(TestKeys.spki(pair));
    return Arrays.copyOf(digest, 20);
  }

  private static void addExtensions(
      X509v3CertificateBuilder builder, CertificateRequest request, KeyPair issuerKey)
      throws IOException {
    if (request.basicConstraints) {
      BasicConstraints constraints =
          request.ca && request.pathLength >= 0
              ? new BasicConstraints(request.pathLength)
              : new BasicConstraints(request.ca);
      builder.addExtension(Extension.basicConstraints, true, constraints);
    }
    if (request.keyUsage != 0) {
      builder.addExtension(
          Extension.keyUsage, request.keyUsageCritical, new KeyUsage(request.keyUsage));
    }
    if (!request.purposes.isEmpty()) {
      KeyPurposeId[] purposes =
          request.purposes.stream()
              .map(oid -> KeyPurposeId.getInstance(new ASN1ObjectIdentifier(oid)))
              .toArray(KeyPurposeId[]::new);
      builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purposes));
    }
    if (request.subjectKeyIdentifier) {
      builder.addExtension(
          Extension.subjectKeyIdentifier,
          false,
          new SubjectKeyIdentifier(keyIdentifier(request.keyPair)));
    }
    if (request.authorityKeyIdentifier) {
      byte[] stated = request.authorityKeyIdentifierValue;
      builder.addExtension(
          Extension.authorityKeyIdentifier,
          false,
          new AuthorityKeyIdentifier(stated == null ? keyIdentifier(issuerKey) : stated));
    }
    if (!request.names.isEmpty()) {
      builder.addExtension(
          Extension.subjectAlternativeName,
          request.sanCritical,
          new GeneralNames(request.names.toArray(GeneralName[]::new)));
    }
    TestAttributes attributes = request.attributes;
    if (attributes != null) {
      builder.addExtension(TestAttributes.OID, request.attributesCritical, attributes.der());
    }
    for (Extension extension : request.extensions) {
      builder.addExtension(extension);
    }
  }
}
