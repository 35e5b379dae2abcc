package dev.alts.identity.x509;

import dev.alts.identity.AltsAttributes;
import dev.alts.identity.SpiffeId;
import java.util.Optional;

/** The rules of X509-SVID.md sections 2 to 4 for a leaf. */
final class SvidProfile {
  private SvidProfile() {}

  static void requireLeaf(StrictCertificate certificate) throws InvalidCertificateException {
    Optional<BasicConstraints> constraints = BasicConstraints.of(certificate);
    if (constraints.isPresent() && constraints.get().authority()) {
      throw new InvalidCertificateException("SVID: an authority's certificate is no leaf");
    }
    KeyUsage usage =
        KeyUsage.of(certificate)
            .orElseThrow(() -> new InvalidCertificateException("SVID: no key usage"));
    if (!usage.critical() || !usage.digitalSignature()) {
      throw new InvalidCertificateException(
          "SVID: key usage (expected: critical, with digitalSignature)");
    }
    if (usage.keyCertSign() || usage.crlSign()) {
      throw new InvalidCertificateException(
          "SVID: key usage (expected: neither keyCertSign nor cRLSign)");
    }
    PurposeRules.requireLeaf(certificate);
  }

  static SpiffeId spiffeId(StrictCertificate certificate) throws InvalidCertificateException {
    SubjectNames names =
        SubjectNames.of(certificate)
            .orElseThrow(() -> new InvalidCertificateException("SVID: no URI"));
    if (names.uris().size() != 1) {
      throw new InvalidCertificateException(
          "SVID: %d URIs (expected: exactly 1)".formatted(names.uris().size()));
    }
    boolean hasSubject = certificate.subject().length() > 2;
    if (!hasSubject && !names.critical()) {
      throw new InvalidCertificateException(
          "SVID: subject alternative name (expected: critical, as the subject is empty)");
    }
    try {
      SpiffeId id = SpiffeId.parse(names.uris().getFirst());
      if (id.path().isEmpty()) {
        throw new InvalidCertificateException("SVID: %s (expected: a path)".formatted(id));
      }
      return id;
    } catch (IllegalArgumentException e) {
      throw new InvalidCertificateException("SVID: " + e.getMessage(), e);
    }
  }

  static Optional<AltsAttributes> attributes(StrictCertificate certificate)
      throws InvalidCertificateException {
    Optional<CertificateExtension> extension = certificate.extension(Oids.ALTS_ATTRIBUTES);
    if (extension.isEmpty()) {
      return Optional.empty();
    }
    if (extension.get().critical()) {
      throw new InvalidCertificateException("SVID: AltsAttributes (expected: not critical)");
    }
    return Optional.of(AltsAttributesExtension.parse(extension.get().value()));
  }
}
