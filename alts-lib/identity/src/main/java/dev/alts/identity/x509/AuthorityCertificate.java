package dev.alts.identity.x509;

import dev.alts.identity.Bytes;
import dev.alts.identity.TrustDomain;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Optional;

/**
 * A certificate with the form of an issuing authority: CA, may sign certificates, signed by itself.
 * Form only; that it is trusted is the trust document's word. Immutable.
 */
public final class AuthorityCertificate {
  private final StrictCertificate certificate;
  private final boolean maySignCrls;

  private AuthorityCertificate(StrictCertificate certificate, boolean maySignCrls) {
    this.certificate = certificate;
    this.maySignCrls = maySignCrls;
  }

  public static AuthorityCertificate parse(Bytes der) throws InvalidCertificateException {
    StrictCertificate certificate = StrictCertificate.parse(der);
    Optional<BasicConstraints> constraints = BasicConstraints.of(certificate);
    if (constraints.isEmpty() || !constraints.get().authority()) {
      throw new InvalidCertificateException("authority: basic constraints (expected: CA)");
    }
    Optional<KeyUsage> usage = KeyUsage.of(certificate);
    if (usage.isEmpty() || !usage.get().keyCertSign()) {
      throw new InvalidCertificateException("authority: key usage (expected: keyCertSign)");
    }
    if (!certificate.subject().equals(certificate.issuer())) {
      throw new InvalidCertificateException("authority: (expected: issued by itself)");
    }
    requireSelfSigned(certificate);
    return new AuthorityCertificate(certificate, usage.get().crlSign());
  }

  /**
   * Refuses a certificate whose SPIFFE ID names another trust domain (X509-SVID.md 3.1: it should
   * carry the trust domain's, without a path).
   */
  public void requireVouchesFor(TrustDomain domain) throws InvalidCertificateException {
    Optional<SubjectNames> names = SubjectNames.of(certificate);
    if (names.isEmpty() || names.get().uris().isEmpty()) {
      return;
    }
    String expected = domain.id().toString();
    if (names.get().uris().size() != 1 || !names.get().uris().getFirst().equals(expected)) {
      throw new InvalidCertificateException(
          "authority: URI (expected: %s and no other)".formatted(expected));
    }
  }

  /** {@return whether it says that its key signs revocation lists (RFC 5280 4.2.1.3)} */
  public boolean maySignCrls() {
    return maySignCrls;
  }

  public StrictCertificate certificate() {
    return certificate;
  }

  public Bytes der() {
    return certificate.der();
  }

  public Bytes spki() {
    return certificate.spki();
  }

  public Bytes spkiSha256() {
    return certificate.spkiSha256();
  }

  public Optional<Bytes> subjectKeyIdentifier() {
    return certificate.subjectKeyIdentifier();
  }

  public Instant notBefore() {
    return certificate.notBefore();
  }

  public Instant notAfter() {
    return certificate.notAfter();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof AuthorityCertificate that && certificate.equals(that.certificate);
  }

  @Override
  public int hashCode() {
    return certificate.hashCode();
  }

  @Override
  public String toString() {
    return "AuthorityCertificate[%s]".formatted(certificate);
  }

  private static void requireSelfSigned(StrictCertificate certificate)
      throws InvalidCertificateException {
    Algorithms.require(certificate);
    try {
      certificate.x509().verify(certificate.x509().getPublicKey());
    } catch (GeneralSecurityException e) {
      throw new InvalidCertificateException("authority: not signed by itself", e);
    }
  }
}
