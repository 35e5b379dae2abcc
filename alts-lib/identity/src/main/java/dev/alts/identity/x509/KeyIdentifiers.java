package dev.alts.identity.x509;

import dev.alts.identity.Bytes;
import java.util.Optional;

/** Reads the subject and authority key identifiers (RFC 5280 4.2.1.1, 4.2.1.2). */
final class KeyIdentifiers {
  private static final int KEY_IDENTIFIER_TAG = 0x80;
  private static final int MAX_LENGTH = 64;

  private KeyIdentifiers() {}

  static Optional<Bytes> subject(CertificateDer parts) throws InvalidCertificateException {
    CertificateExtension extension = parts.extensions().get(Oids.SUBJECT_KEY_IDENTIFIER);
    if (extension == null) {
      return Optional.empty();
    }
    DerReader reader = new DerReader(extension.value().toByteArray());
    byte[] identifier = reader.read(DerReader.OCTET_STRING);
    reader.requireEnd();
    return Optional.of(bounded(identifier));
  }

  static Optional<Bytes> authority(CertificateDer parts) throws InvalidCertificateException {
    CertificateExtension extension = parts.extensions().get(Oids.AUTHORITY_KEY_IDENTIFIER);
    if (extension == null) {
      return Optional.empty();
    }
    DerReader reader = new DerReader(extension.value().toByteArray());
    DerReader fields = reader.enter(DerReader.SEQUENCE);
    reader.requireEnd();
    // Issuer name and serial may follow; they select nothing here.
    return fields.nextIs(KEY_IDENTIFIER_TAG)
        ? Optional.of(bounded(fields.read(KEY_IDENTIFIER_TAG)))
        : Optional.empty();
  }

  private static Bytes bounded(byte[] identifier) throws InvalidCertificateException {
    if (identifier.length == 0 || identifier.length > MAX_LENGTH) {
      throw new InvalidCertificateException(
          "key identifier: %d bytes (expected: 1 to 64)".formatted(identifier.length));
    }
    return Bytes.copyOf(identifier);
  }
}
