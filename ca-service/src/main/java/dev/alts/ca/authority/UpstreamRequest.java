package dev.alts.ca.authority;

import dev.alts.identity.Bytes;
import dev.alts.identity.TrustDomain;
import dev.alts.identity.x509.AuthorityCertificate;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.pkcs.Attribute;
import org.bouncycastle.asn1.pkcs.CertificationRequest;
import org.bouncycastle.asn1.pkcs.CertificationRequestInfo;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;

/**
 * A certification request of an issuing authority (PKCS #10, RFC 2986) for its own name and key.
 * Nothing in it is a caller's choice, and no certificate can be read into what is signed: where
 * this has the subject's name, a certificate has an algorithm.
 *
 * @param authority SHA-256 of its public key
 * @param subject as people read it
 * @param der the signed request
 */
public record UpstreamRequest(Bytes authority, String subject, Bytes der) {

  static UpstreamRequest of(AuthorityCertificate authority, TrustDomain domain, SigningKey key) {
    try {
      CertificationRequestInfo wanted =
          new CertificationRequestInfo(
              X500Name.getInstance(authority.certificate().subject().toByteArray()),
              SubjectPublicKeyInfo.getInstance(authority.spki().toByteArray()),
              new DERSet(
                  new Attribute(
                      PKCSObjectIdentifiers.pkcs_9_at_extensionRequest,
                      new DERSet(extensions(authority, domain)))));
      byte[] signature = key.sign(wanted.getEncoded("DER"));
      return new UpstreamRequest(
          authority.spkiSha256(),
          authority.certificate().x509().getSubjectX500Principal().getName(),
          Bytes.copyOf(
              new CertificationRequest(
                      wanted, CertificateEnvelope.ALGORITHM, new DERBitString(signature))
                  .getEncoded("DER")));
    } catch (IOException e) {
      throw new UncheckedIOException("encoding a certification request", e);
    }
  }

  private static ASN1Encodable extensions(AuthorityCertificate authority, TrustDomain domain)
      throws IOException {
    ExtensionsGenerator extensions = new ExtensionsGenerator();
    extensions.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
    // As the authority's own certificate has it, or its lists hold below one of the two only.
    extensions.addExtension(
        Extension.keyUsage,
        true,
        new KeyUsage(
            authority.maySignCrls()
                ? KeyUsage.keyCertSign | KeyUsage.cRLSign
                : KeyUsage.keyCertSign));
    extensions.addExtension(
        Extension.subjectKeyIdentifier,
        false,
        new SubjectKeyIdentifier(
            authority
                .subjectKeyIdentifier()
                .orElseThrow(() -> new AssertionError("our authorities have key identifiers"))
                .toByteArray()));
    extensions.addExtension(
        Extension.subjectAlternativeName,
        false,
        new GeneralNames(
            new GeneralName(GeneralName.uniformResourceIdentifier, domain.id().toString())));
    return extensions.generate();
  }
}
