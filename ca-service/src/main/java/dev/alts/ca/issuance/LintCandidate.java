package dev.alts.ca.issuance;

import dev.alts.ca.authority.CertificateEnvelope;
import dev.alts.identity.Bytes;
import dev.alts.identity.x509.InvalidCertificateException;
import dev.alts.identity.x509.SvidCertificate;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.TBSCertificate;

/**
 * A signed part that is to be linted, read back: by our strict parser and the JDK's inside a
 * certificate with a signature that is none, and by BouncyCastle field by field.
 *
 * @param longest life that the profile allows
 */
record LintCandidate(
    Bytes tbs,
    TBSCertificate fields,
    SvidCertificate svid,
    Map<ASN1ObjectIdentifier, Extension> extensions,
    CertificateContent content,
    Duration longest) {
  /** The form of a signature, so that parsers go on; it verifies under no key. */
  private static final Bytes NO_SIGNATURE = Bytes.fromHex("3006020101020101");

  static LintCandidate read(Bytes tbs, CertificateContent content, Duration longest)
      throws InvalidCertificateException {
    // The strict parser first: BouncyCastle throws what it likes at what it does not understand.
    SvidCertificate svid = unsigned(tbs);
    TBSCertificate fields = TBSCertificate.getInstance(tbs.toByteArray());
    Map<ASN1ObjectIdentifier, Extension> extensions = new HashMap<>();
    Extensions found = fields.getExtensions();
    if (found != null) {
      for (ASN1ObjectIdentifier oid : found.getExtensionOIDs()) {
        extensions.put(oid, found.getExtension(oid));
      }
    }
    return new LintCandidate(tbs, fields, svid, Map.copyOf(extensions), content, longest);
  }

  /** {@return what our strict parser and the JDK's read in a signed part} */
  static SvidCertificate unsigned(Bytes tbs) throws InvalidCertificateException {
    return SvidCertificate.parse(CertificateEnvelope.of(tbs, NO_SIGNATURE));
  }

  /** {@return the value of an extension, DER} */
  Bytes value(ASN1ObjectIdentifier oid) {
    Extension extension = extensions.get(oid);
    return extension == null ? Bytes.empty() : Bytes.copyOf(extension.getExtnValue().getOctets());
  }

  boolean isCritical(ASN1ObjectIdentifier oid) {
    Extension extension = extensions.get(oid);
    return extension != null && extension.isCritical();
  }
}
