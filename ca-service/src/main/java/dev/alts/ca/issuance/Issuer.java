package dev.alts.ca.issuance;

import dev.alts.ca.authority.CertificateEnvelope;
import dev.alts.ca.authority.SigningAuthority;
import dev.alts.ca.issuance.IssuanceOutcome.Reason;
import dev.alts.identity.Bytes;
import dev.alts.identity.x509.InvalidCertificateException;
import dev.alts.identity.x509.SvidCertificate;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.bouncycastle.asn1.x509.Certificate;

/**
 * Builds and lints, later signs and compares. Nothing else in the CA signs a certificate, and it
 * signs nothing but what it prepared itself or what the record gave back.
 */
final class Issuer {
  private final ProfileLimits limits;

  Issuer(ProfileLimits limits) {
    this.limits = limits;
  }

  /** Steps 3 and 4. */
  PreparedCertificate prepare(CertificateContent content, StepReport report)
      throws RequestRefusedException {
    Bytes tbs = CertificateBuilder.build(content);
    report.took(IssuanceStep.BUILD, tbs);
    Duration longest = limits.longest(content.profile());
    List<String> findings = ProfileLint.findings(tbs, content, longest);
    if (!findings.isEmpty()) {
      throw new RequestRefusedException(
          Reason.LINT, "not what the profile allows: " + String.join("; ", findings));
    }
    report.took(IssuanceStep.LINT, tbs);
    return PreparedCertificate.linted(tbs, content.issuer(), content.profile());
  }

  /** Step 6. */
  Bytes sign(PreparedCertificate prepared, StepReport report) {
    prepared.spend();
    Bytes signature = prepared.authority().sign(prepared.tbs());
    report.took(IssuanceStep.SIGN, CertificateEnvelope.of(prepared.tbs(), signature));
    return signature;
  }

  /**
   * Step 7: what leaves the house is what was linted and recorded, and verifies.
   *
   * @throws IllegalStateException if not: nothing may leave then
   */
  SvidCertificate compare(PreparedCertificate prepared, Bytes signature, StepReport report) {
    Bytes der = CertificateEnvelope.of(prepared.tbs(), signature);
    SigningAuthority authority = prepared.authority();
    try {
      Bytes signed =
          Bytes.copyOf(
              Certificate.getInstance(der.toByteArray()).getTBSCertificate().getEncoded("DER"));
      if (!signed.equals(prepared.tbs()) || !authority.verifies(signed, signature)) {
        throw new IllegalStateException("the signed certificate is not the recorded one");
      }
      SvidCertificate certificate = SvidCertificate.parse(der);
      report.took(IssuanceStep.COMPARE, der);
      return certificate;
    } catch (InvalidCertificateException | IOException e) {
      throw new IllegalStateException("the signed certificate is not readable", e);
    }
  }
}
