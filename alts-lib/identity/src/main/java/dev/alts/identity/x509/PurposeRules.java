package dev.alts.identity.x509;

import java.util.HashSet;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;

/** Extended key usage (RFC 5280 4.2.1.12). */
final class PurposeRules {
  private static final String SERVER_AUTH = "2b06010505070301";
  private static final String CLIENT_AUTH = "2b06010505070302";
  private static final String ANY = "551d2500";

  private PurposeRules() {}

  /** A leaf may do without the extension; if it has it, with both (X509-SVID.md 4.4). */
  static void requireLeaf(StrictCertificate certificate) throws InvalidCertificateException {
    Optional<Set<String>> purposes = purposes(certificate);
    if (purposes.isPresent() && !purposes.get().containsAll(Set.of(SERVER_AUTH, CLIENT_AUTH))) {
      throw new InvalidCertificateException(
          "SVID: extended key usage (expected: serverAuth and clientAuth)");
    }
  }

  /** An issuer that is restricted to other purposes cannot vouch for these. */
  static void requireIssuer(StrictCertificate certificate) throws InvalidCertificateException {
    Optional<Set<String>> purposes = purposes(certificate);
    if (purposes.isPresent()
        && !purposes.get().contains(ANY)
        && !purposes.get().containsAll(Set.of(SERVER_AUTH, CLIENT_AUTH))) {
      throw new InvalidCertificateException(
          "chain: an issuer's extended key usage (expected: serverAuth and clientAuth, or any)");
    }
  }

  private static Optional<Set<String>> purposes(StrictCertificate certificate)
      throws InvalidCertificateException {
    Optional<CertificateExtension> extension = certificate.extension(Oids.EXTENDED_KEY_USAGE);
    if (extension.isEmpty()) {
      return Optional.empty();
    }
    DerReader reader = new DerReader(extension.get().value().toByteArray());
    DerReader list = reader.enter(DerReader.SEQUENCE);
    reader.requireEnd();
    Set<String> purposes = new HashSet<>();
    while (list.hasMore()) {
      purposes.add(HexFormat.of().formatHex(list.read(DerReader.OBJECT_IDENTIFIER)));
    }
    return Optional.of(purposes);
  }
}
