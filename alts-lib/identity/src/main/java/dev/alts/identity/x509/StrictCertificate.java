package dev.alts.identity.x509;

import dev.alts.identity.Bytes;
import dev.alts.identity.crypto.Sha256;
import java.io.ByteArrayInputStream;
import java.security.NoSuchProviderException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Optional;

/**
 * A certificate that both the JDK's parser and our strict one accept. Nothing is verified yet.
 * Immutable.
 */
public final class StrictCertificate {
  /** Longest certificate that is looked at; a whole chain may not be longer either. */
  public static final int MAX_LENGTH = 16 * 1024;

  private final Bytes der;
  private final X509Certificate x509;
  private final CertificateDer parts;
  private final Bytes spkiSha256;
  private final Optional<Bytes> subjectKeyIdentifier;
  private final Optional<Bytes> authorityKeyIdentifier;

  private StrictCertificate(Bytes der, X509Certificate x509, CertificateDer parts)
      throws InvalidCertificateException {
    this.der = der;
    this.x509 = x509;
    this.parts = parts;
    this.spkiSha256 = Sha256.of(parts.spki());
    this.subjectKeyIdentifier = KeyIdentifiers.subject(parts);
    this.authorityKeyIdentifier = KeyIdentifiers.authority(parts);
  }

  public static StrictCertificate parse(Bytes der) throws InvalidCertificateException {
    if (der.length() > MAX_LENGTH) {
      throw new InvalidCertificateException(
          "certificate: %d bytes (expected: at most %d)".formatted(der.length(), MAX_LENGTH));
    }
    byte[] bytes = der.toByteArray();
    CertificateDer parts = CertificateDer.parse(bytes);
    try {
      // Named, so that a provider which the application installed first does not parse for us.
      CertificateFactory factory = CertificateFactory.getInstance("X.509", "SUN");
      X509Certificate x509 =
          (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(bytes));
      return new StrictCertificate(der, x509, parts);
    } catch (CertificateException e) {
      throw new InvalidCertificateException("certificate: refused by the JDK's parser", e);
    } catch (NoSuchProviderException e) {
      throw new AssertionError("every JDK has its own X.509 parser", e);
    }
  }

  public Bytes der() {
    return der;
  }

  public X509Certificate x509() {
    return x509;
  }

  public Bytes spki() {
    return parts.spki();
  }

  public Bytes spkiSha256() {
    return spkiSha256;
  }

  /** {@return the subject's name, DER} */
  public Bytes subject() {
    return parts.subject();
  }

  /** {@return the issuer's name, DER} */
  public Bytes issuer() {
    return parts.issuer();
  }

  public Optional<Bytes> subjectKeyIdentifier() {
    return subjectKeyIdentifier;
  }

  public Optional<Bytes> authorityKeyIdentifier() {
    return authorityKeyIdentifier;
  }

  public Instant notBefore() {
    return x509.getNotBefore().toInstant();
  }

  public Instant notAfter() {
    return x509.getNotAfter().toInstant();
  }

  CertificateDer parts() {
    return parts;
  }

  Optional<CertificateExtension> extension(String oid) {
    return Optional.ofNullable(parts.extensions().get(oid));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof StrictCertificate that && der.equals(that.der);
  }

  @Override
  public int hashCode() {
    return der.hashCode();
  }

  @Override
  public String toString() {
    return "StrictCertificate[subject=%s, serial=%s]"
        .formatted(x509.getSubjectX500Principal(), x509.getSerialNumber().toString(16));
  }
}
