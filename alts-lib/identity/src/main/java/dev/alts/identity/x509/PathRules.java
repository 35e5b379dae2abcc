package dev.alts.identity.x509;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What every certificate on a path must satisfy besides its signature (RFC 5280 section 6), the
 * trust anchor's own constraints included. The JDK checks part of it again.
 */
final class PathRules {
  /** What this package or the JDK's validator processes; anything else critical is refused. */
  private static final Set<String> PROCESSED =
      Set.of(
          Oids.SUBJECT_KEY_IDENTIFIER,
          Oids.KEY_USAGE,
          Oids.SUBJECT_ALTERNATIVE_NAME,
          Oids.BASIC_CONSTRAINTS,
          Oids.NAME_CONSTRAINTS,
          Oids.CERTIFICATE_POLICIES,
          Oids.POLICY_MAPPINGS,
          Oids.POLICY_CONSTRAINTS,
          Oids.EXTENDED_KEY_USAGE,
          Oids.INHIBIT_ANY_POLICY);

  /** Long lists of policies make the JDK's policy tree grow with their product. */
  private static final int MAX_POLICY_BYTES = 1024;

  private PathRules() {}

  /**
   * Checks the whole path.
   *
   * @param path leaf first, the trust anchor last
   */
  static void require(List<StrictCertificate> path) throws InvalidCertificateException {
    for (StrictCertificate certificate : path) {
      Algorithms.require(certificate);
      requireExtensions(certificate);
    }
    int intermediates = 0;
    for (int i = 1; i < path.size(); i++) {
      StrictCertificate issuer = path.get(i);
      requireIssuer(issuer, intermediates);
      requireLink(path.get(i - 1), issuer);
      if (!isSelfIssued(issuer)) {
        intermediates++;
      }
      requireNames(issuer, path.subList(0, i));
    }
  }

  private static void requireExtensions(StrictCertificate certificate)
      throws InvalidCertificateException {
    for (Map.Entry<String, CertificateExtension> extension :
        certificate.parts().extensions().entrySet()) {
      if (extension.getValue().critical() && !PROCESSED.contains(extension.getKey())) {
        throw new InvalidCertificateException(
            "certificate: unknown critical extension " + extension.getKey());
      }
    }
    for (String oid : List.of(Oids.CERTIFICATE_POLICIES, Oids.POLICY_MAPPINGS)) {
      Optional<CertificateExtension> policies = certificate.extension(oid);
      if (policies.isPresent() && policies.get().value().length() > MAX_POLICY_BYTES) {
        throw new InvalidCertificateException(
            "certificate: policies (expected: at most %d bytes)".formatted(MAX_POLICY_BYTES));
      }
    }
  }

  private static void requireIssuer(StrictCertificate issuer, int intermediatesBelow)
      throws InvalidCertificateException {
    Optional<BasicConstraints> constraints = BasicConstraints.of(issuer);
    if (constraints.isEmpty() || !constraints.get().authority()) {
      throw new InvalidCertificateException("chain: an issuer is not a CA");
    }
    if (intermediatesBelow > constraints.get().pathLength()) {
      throw new InvalidCertificateException(
          "chain: %d intermediates below an issuer (expected: at most %d)"
              .formatted(intermediatesBelow, constraints.get().pathLength()));
    }
    Optional<KeyUsage> usage = KeyUsage.of(issuer);
    if (usage.isEmpty() || !usage.get().keyCertSign()) {
      throw new InvalidCertificateException("chain: an issuer's key usage lacks keyCertSign");
    }
    PurposeRules.requireIssuer(issuer);
  }

  private static void requireLink(StrictCertificate subject, StrictCertificate issuer)
      throws InvalidCertificateException {
    if (!subject.x509().getIssuerX500Principal().equals(issuer.x509().getSubjectX500Principal())) {
      throw new InvalidCertificateException("chain: an issuer's name is not its certificate's");
    }
    if (subject.authorityKeyIdentifier().isPresent()
        && issuer.subjectKeyIdentifier().isPresent()
        && !subject.authorityKeyIdentifier().equals(issuer.subjectKeyIdentifier())) {
      throw new InvalidCertificateException("chain: key identifiers do not match");
    }
  }

  private static void requireNames(StrictCertificate issuer, List<StrictCertificate> below)
      throws InvalidCertificateException {
    Optional<NameConstraints> constraints = NameConstraints.of(issuer);
    if (constraints.isEmpty()) {
      return;
    }
    for (int i = 0; i < below.size(); i++) {
      // Issued by itself to itself: exempt, unless it is the leaf (RFC 5280 6.1.3 (b)).
      if (i == 0 || !isSelfIssued(below.get(i))) {
        constraints.get().require(below.get(i));
      }
    }
  }

  private static boolean isSelfIssued(StrictCertificate certificate) {
    return certificate
        .x509()
        .getSubjectX500Principal()
        .equals(certificate.x509().getIssuerX500Principal());
  }
}
