package dev.alts.ca.issuance;

import dev.alts.ca.authority.CertificateEnvelope;
import dev.alts.ca.issuance.IssuanceOutcome.Reason;
import dev.alts.identity.Bytes;
import java.time.Duration;

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
    return switch (ProfileLint.judge(tbs, content, longest)) {
      case ProfileLint.Verdict.Found found ->
          throw new RequestRefusedException(
              Reason.LINT, "not what the profile allows: " + String.join("; ", found.findings()));
      case ProfileLint.Verdict.Clean clean -> {
        report.took(IssuanceStep.LINT, tbs);
        yield PreparedCertificate.linted(tbs, clean.form(), content.issuer(), content.profile());
      }
    };
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
   * <p>The lint has parsed the signed part; here it is the same bytes, and around them is nothing
   * that it has not seen.
   *
   * @throws IllegalStateException if not: nothing may leave then
   */
  Bytes compare(PreparedCertificate prepared, Bytes signature, StepReport report) {
    Bytes der = CertificateEnvelope.of(prepared.tbs(), signature);
    EnvelopeParts parts = EnvelopeParts.read(der);
    if (!parts.tbs().equals(prepared.tbs())
        || !parts.algorithm().equals(CertificateEnvelope.algorithmDer())
        || !prepared.authority().verifies(parts.tbs(), parts.signature())) {
      throw new IllegalStateException("the signed certificate is not the recorded one");
    }
    report.took(IssuanceStep.COMPARE, der);
    return der;
  }
}
