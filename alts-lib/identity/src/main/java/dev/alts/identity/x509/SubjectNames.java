package dev.alts.identity.x509;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The URIs among a certificate's subject alternative names (RFC 5280 4.2.1.6). */
record SubjectNames(boolean critical, List<String> uris) {
  private static final int URI_TAG = 0x86;
  private static final int MAX_NAMES = 64;

  SubjectNames {
    uris = List.copyOf(uris);
  }

  static Optional<SubjectNames> of(StrictCertificate certificate)
      throws InvalidCertificateException {
    Optional<CertificateExtension> extension = certificate.extension(Oids.SUBJECT_ALTERNATIVE_NAME);
    if (extension.isEmpty()) {
      return Optional.empty();
    }
    DerReader reader = new DerReader(extension.get().value().toByteArray());
    DerReader names = reader.enter(DerReader.SEQUENCE);
    reader.requireEnd();
    List<String> uris = new ArrayList<>();
    for (int count = 0; names.hasMore(); count++) {
      if (count == MAX_NAMES) {
        throw new InvalidCertificateException("subject alternative names: more than 64");
      }
      if (names.nextIs(URI_TAG)) {
        uris.add(new String(names.read(URI_TAG), StandardCharsets.ISO_8859_1));
      } else {
        names.readElement();
      }
    }
    return Optional.of(new SubjectNames(extension.get().critical(), uris));
  }
}
