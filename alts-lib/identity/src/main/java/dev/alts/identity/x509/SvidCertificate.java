package dev.alts.identity.x509;

import dev.alts.identity.AltsAttributes;
import dev.alts.identity.Bytes;
import dev.alts.identity.SpiffeId;
import dev.alts.identity.crypto.Sha256;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Optional;

/**
 * A certificate with the form of a leaf X509-SVID: exactly one SPIFFE ID, no authority over others.
 * Form only: whether its issuer is trusted is decided in {@code dev.alts.identity.verify}.
 * Immutable.
 */
public final class SvidCertificate {
  private final StrictCertificate certificate;
  private final SpiffeId id;
  private final Optional<AltsAttributes> attributes;
  private final Bytes sha256;

  private SvidCertificate(
      StrictCertificate certificate, SpiffeId id, Optional<AltsAttributes> attributes) {
    this.certificate = certificate;
    this.id = id;
    this.attributes = attributes;
    this.sha256 = Sha256.of(certificate.der());
  }

  public static SvidCertificate parse(Bytes der) throws InvalidCertificateException {
    return of(StrictCertificate.parse(der));
  }

  /** {@return the certificate as an SVID, if its form is that of one} */
  public static SvidCertificate of(StrictCertificate certificate)
      throws InvalidCertificateException {
    SvidProfile.requireLeaf(certificate);
    SpiffeId id = SvidProfile.spiffeId(certificate);
    return new SvidCertificate(certificate, id, SvidProfile.attributes(certificate));
  }

  public SpiffeId id() {
    return id;
  }

  /** {@return what our authorities state beyond the ID; foreign software leaves it out} */
  public Optional<AltsAttributes> attributes() {
    return attributes;
  }

  public StrictCertificate certificate() {
    return certificate;
  }

  public Bytes der() {
    return certificate.der();
  }

  public X509Certificate x509() {
    return certificate.x509();
  }

  /** {@return SHA-256 of the DER, which binds handshake certificates to their master} */
  public Bytes sha256() {
    return sha256;
  }

  public Bytes spki() {
    return certificate.spki();
  }

  public Bytes spkiSha256() {
    return certificate.spkiSha256();
  }

  public Instant notBefore() {
    return certificate.notBefore();
  }

  public Instant notAfter() {
    return certificate.notAfter();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SvidCertificate that && certificate.equals(that.certificate);
  }

  @Override
  public int hashCode() {
    return certificate.hashCode();
  }

  @Override
  public String toString() {
    return "SvidCertificate[%s until %s]".formatted(id, notAfter());
  }
}
