package dev.alts.identity.x509;

import java.math.BigInteger;
import java.util.Optional;

/**
 * Basic constraints (RFC 5280 4.2.1.9).
 *
 * @param pathLength {@link Integer#MAX_VALUE}: without limit
 */
record BasicConstraints(boolean critical, boolean authority, int pathLength) {
  static Optional<BasicConstraints> of(StrictCertificate certificate)
      throws InvalidCertificateException {
    Optional<CertificateExtension> extension = certificate.extension(Oids.BASIC_CONSTRAINTS);
    if (extension.isEmpty()) {
      return Optional.empty();
    }
    DerReader reader = new DerReader(extension.get().value().toByteArray());
    DerReader fields = reader.enter(DerReader.SEQUENCE);
    reader.requireEnd();
    boolean authority = fields.nextIs(DerReader.BOOLEAN) && fields.readBoolean();
    int pathLength = Integer.MAX_VALUE;
    if (fields.hasMore()) {
      BigInteger stated = fields.readInteger(DerReader.INTEGER);
      if (!authority || stated.signum() < 0 || stated.bitLength() > 31) {
        throw new InvalidCertificateException("basic constraints: path length");
      }
      pathLength = stated.intValue();
    }
    fields.requireEnd();
    return Optional.of(new BasicConstraints(extension.get().critical(), authority, pathLength));
  }
}
