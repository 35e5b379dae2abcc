package dev.alts.identity.x509;

import dev.alts.identity.Bytes;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * The parts of a certificate as its DER has them, from a strict walk over all of it. Two parsers
 * must agree on a stranger's certificate: this one and the JDK's.
 *
 * @param extensions by the hexadecimal content of their object identifier
 */
record CertificateDer(
    Bytes tbs,
    Bytes signatureAlgorithm,
    Bytes signature,
    Bytes issuer,
    Bytes subject,
    Bytes spki,
    Map<String, CertificateExtension> extensions) {
  private static final int MAX_EXTENSIONS = 32;
  private static final int MAX_SERIAL_BYTES = 20;
  private static final int VERSION_TAG = 0xa0;
  private static final int ISSUER_UNIQUE_ID_TAG = 0x81;
  private static final int SUBJECT_UNIQUE_ID_TAG = 0x82;
  private static final int EXTENSIONS_TAG = 0xa3;

  CertificateDer {
    extensions = Map.copyOf(extensions);
  }

  static CertificateDer parse(byte[] der) throws InvalidCertificateException {
    DerReader outer = new DerReader(der);
    DerReader certificate = outer.enter(DerReader.SEQUENCE);
    outer.requireEnd();
    byte[] tbs = certificate.readElement();
    byte[] algorithm = certificate.readElement();
    byte[] signature = certificate.read(DerReader.BIT_STRING);
    certificate.requireEnd();
    if (signature.length < 2 || signature[0] != 0) {
      throw new InvalidCertificateException("certificate: signature is not whole octets");
    }

    DerReader fields = new DerReader(tbs).enter(DerReader.SEQUENCE);
    requireVersion3(fields);
    requireSerial(fields);
    if (!Bytes.copyOf(fields.readElement()).equals(Bytes.copyOf(algorithm))) {
      throw new InvalidCertificateException(
          "certificate: signature algorithm differs inside and outside of what is signed");
    }
    byte[] issuer = requireTag(fields, DerReader.SEQUENCE, "issuer");
    requireTag(fields, DerReader.SEQUENCE, "validity");
    byte[] subject = requireTag(fields, DerReader.SEQUENCE, "subject");
    byte[] spki = requireTag(fields, DerReader.SEQUENCE, "public key");
    // Unique identifiers select nothing; RFC 5280 4.1.2.8 wants them understood as far as that.
    skip(fields, ISSUER_UNIQUE_ID_TAG);
    skip(fields, SUBJECT_UNIQUE_ID_TAG);
    DerReader explicit = fields.enter(EXTENSIONS_TAG);
    fields.requireEnd();
    DerReader list = explicit.enter(DerReader.SEQUENCE);
    explicit.requireEnd();
    return new CertificateDer(
        Bytes.copyOf(tbs),
        Bytes.copyOf(algorithm),
        Bytes.copyOf(Arrays.copyOfRange(signature, 1, signature.length)),
        Bytes.copyOf(issuer),
        Bytes.copyOf(subject),
        Bytes.copyOf(spki),
        extensions(list));
  }

  private static void requireVersion3(DerReader fields) throws InvalidCertificateException {
    if (!fields.nextIs(VERSION_TAG)) {
      throw new InvalidCertificateException("certificate: version 1 (expected: 3)");
    }
    DerReader version = fields.enter(VERSION_TAG);
    if (version.readInteger(DerReader.INTEGER).intValue() != 2) {
      throw new InvalidCertificateException("certificate: version (expected: 3)");
    }
    version.requireEnd();
  }

  private static void requireSerial(DerReader fields) throws InvalidCertificateException {
    var serial = fields.readInteger(DerReader.INTEGER);
    if (serial.signum() <= 0 || serial.bitLength() > 8 * MAX_SERIAL_BYTES) {
      throw new InvalidCertificateException(
          "certificate: serial number (expected: positive, at most 20 bytes)");
    }
  }

  private static void skip(DerReader fields, int tag) throws InvalidCertificateException {
    if (fields.nextIs(tag)) {
      fields.readElement();
    }
  }

  private static byte[] requireTag(DerReader fields, int tag, String what)
      throws InvalidCertificateException {
    if (!fields.nextIs(tag)) {
      throw new InvalidCertificateException("certificate: no " + what);
    }
    return fields.readElement();
  }

  private static Map<String, CertificateExtension> extensions(DerReader list)
      throws InvalidCertificateException {
    Map<String, CertificateExtension> extensions = new HashMap<>();
    while (list.hasMore()) {
      DerReader extension = list.enter(DerReader.SEQUENCE);
      String oid = Bytes.copyOf(extension.read(DerReader.OBJECT_IDENTIFIER)).toHex();
      boolean critical = extension.nextIs(DerReader.BOOLEAN) && requireTrue(extension);
      Bytes value = Bytes.copyOf(extension.read(DerReader.OCTET_STRING));
      extension.requireEnd();
      if (extensions.put(oid, new CertificateExtension(critical, value)) != null) {
        throw new InvalidCertificateException("certificate: an extension occurs twice");
      }
      if (extensions.size() > MAX_EXTENSIONS) {
        throw new InvalidCertificateException("certificate: more than 32 extensions");
      }
    }
    return extensions;
  }

  /** DER leaves a default out, so what is written can only be TRUE. */
  private static boolean requireTrue(DerReader extension) throws InvalidCertificateException {
    if (!extension.readBoolean()) {
      throw new InvalidCertificateException("certificate: critical FALSE is written out");
    }
    return true;
  }
}
