package dev.alts.identity.x509;

import java.util.Optional;

/** Key usage as its bits (RFC 5280 4.2.1.3). */
record KeyUsage(boolean critical, int bits) {
  private static final int DIGITAL_SIGNATURE = 0x80;
  private static final int KEY_CERT_SIGN = 0x04;
  private static final int CRL_SIGN = 0x02;

  static Optional<KeyUsage> of(StrictCertificate certificate) throws InvalidCertificateException {
    Optional<CertificateExtension> extension = certificate.extension(Oids.KEY_USAGE);
    if (extension.isEmpty()) {
      return Optional.empty();
    }
    DerReader reader = new DerReader(extension.get().value().toByteArray());
    byte[] bits = reader.read(DerReader.BIT_STRING);
    reader.requireEnd();
    if (bits.length < 2 || bits.length > 3 || bits[0] < 0 || bits[0] > 7) {
      throw new InvalidCertificateException("key usage: no bits");
    }
    return Optional.of(new KeyUsage(extension.get().critical(), bits[1] & 0xff));
  }

  boolean digitalSignature() {
    return (bits & DIGITAL_SIGNATURE) != 0;
  }

  boolean keyCertSign() {
    return (bits & KEY_CERT_SIGN) != 0;
  }

  boolean crlSign() {
    return (bits & CRL_SIGN) != 0;
  }
}
