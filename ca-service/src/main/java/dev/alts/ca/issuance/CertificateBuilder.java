package dev.alts.ca.issuance;

import static dev.alts.ca.authority.DerElements.BOOLEAN;
import static dev.alts.ca.authority.DerElements.GENERALIZED_TIME;
import static dev.alts.ca.authority.DerElements.INTEGER;
import static dev.alts.ca.authority.DerElements.OCTET_STRING;
import static dev.alts.ca.authority.DerElements.SEQUENCE;
import static dev.alts.ca.authority.DerElements.UTC_TIME;
import static dev.alts.ca.authority.DerElements.element;

import dev.alts.ca.authority.CertificateEnvelope;
import dev.alts.ca.authority.KeyIdentifier;
import dev.alts.identity.Bytes;
import dev.alts.identity.x509.AltsAttributesExtension;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * Step 3 of docs/issuance.md: the signed part of an X.509-SVID, from its content and no other.
 *
 * <p>Written directly (ADR 17). It need not be trusted: the lint reads what it wrote with three
 * parsers, and a test compares it with a library's encoding, byte by byte.
 */
final class CertificateBuilder {
  private static final int EXPLICIT_VERSION = 0xa0;
  private static final int EXPLICIT_EXTENSIONS = 0xa3;
  private static final int IMPLICIT_KEY_IDENTIFIER = 0x80;
  private static final int IMPLICIT_DNS_NAME = 0x82;
  private static final int IMPLICIT_URI = 0x86;
  private static final byte[] NO_NAME = element(SEQUENCE);
  private static final byte[] CRITICAL = element(BOOLEAN, new byte[] {(byte) 0xff});
  private static final byte[] VERSION_3 =
      element(EXPLICIT_VERSION, element(INTEGER, new byte[] {2}));
  private static final byte[] ALGORITHM = CertificateEnvelope.algorithmDer().toByteArray();

  private static final byte[] SUBJECT_ALTERNATIVE_NAME = hex("0603551d11");
  private static final byte[] SUBJECT_KEY_IDENTIFIER = hex("0603551d0e");
  private static final byte[] AUTHORITY_KEY_IDENTIFIER = hex("0603551d23");
  private static final byte[] ALTS_ATTRIBUTES =
      hex("06202a864886f71401be40937a9820ae5081a51481997982e71a87c6ee73849a8435");

  /** basicConstraints: critical, no authority; keyUsage: critical, digitalSignature. */
  private static final byte[] NO_AUTHORITY_AND_SIGNS =
      hex("300c0603551d130101ff04023000" + "300e0603551d0f0101ff040403020780");

  /** extKeyUsage: serverAuth, clientAuth. */
  private static final byte[] SERVER_AND_CLIENT =
      hex("301d0603551d250416301406082b0601050507030106082b06010505070302");

  private static final DateTimeFormatter TWO_DIGIT_YEAR = format("uuMMddHHmmss'Z'");
  private static final DateTimeFormatter FOUR_DIGIT_YEAR = format("uuuuMMddHHmmss'Z'");

  /** Until here years have two digits (RFC 5280 4.1.2.5). */
  private static final Instant YEAR_2050 = Instant.parse("2050-01-01T00:00:00Z");

  private CertificateBuilder() {}

  /** {@return the DER of TBSCertificate; the same content gives the same bytes} */
  static Bytes build(CertificateContent content) {
    return Bytes.copyOf(
        element(
            SEQUENCE,
            VERSION_3,
            element(INTEGER, content.serial().toByteArray()),
            ALGORITHM,
            content.issuer().certificate().certificate().subject().toByteArray(),
            element(SEQUENCE, time(content.notBefore()), time(content.notAfter())),
            NO_NAME,
            content.spki().toByteArray(),
            element(EXPLICIT_EXTENSIONS, extensions(content))));
  }

  private static byte[] extensions(CertificateContent content) {
    byte[] subjectKey = KeyIdentifier.of(content.spki()).toByteArray();
    byte[] authorityKey = KeyIdentifier.of(content.issuer().certificate().spki()).toByteArray();
    return element(
        SEQUENCE,
        // Critical because the subject is empty (RFC 5280 4.2.1.6).
        element(
            SEQUENCE,
            SUBJECT_ALTERNATIVE_NAME,
            CRITICAL,
            element(OCTET_STRING, element(SEQUENCE, names(content)))),
        NO_AUTHORITY_AND_SIGNS,
        SERVER_AND_CLIENT,
        element(
            SEQUENCE,
            SUBJECT_KEY_IDENTIFIER,
            element(OCTET_STRING, element(OCTET_STRING, subjectKey))),
        element(
            SEQUENCE,
            AUTHORITY_KEY_IDENTIFIER,
            element(
                OCTET_STRING, element(SEQUENCE, element(IMPLICIT_KEY_IDENTIFIER, authorityKey)))),
        element(
            SEQUENCE,
            ALTS_ATTRIBUTES,
            element(
                OCTET_STRING, AltsAttributesExtension.encode(content.attributes()).toByteArray())));
  }

  /** The SPIFFE ID, then names for plain-TLS clients, if the rule gives any. */
  private static byte[][] names(CertificateContent content) {
    List<byte[]> names = new ArrayList<>();
    names.add(element(IMPLICIT_URI, ascii(content.subject().toString())));
    content.dnsNames().forEach(name -> names.add(element(IMPLICIT_DNS_NAME, ascii(name))));
    return names.toArray(byte[][]::new);
  }

  private static byte[] time(Instant time) {
    return time.isBefore(YEAR_2050)
        ? element(UTC_TIME, ascii(TWO_DIGIT_YEAR.format(time)))
        : element(GENERALIZED_TIME, ascii(FOUR_DIGIT_YEAR.format(time)));
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static DateTimeFormatter format(String pattern) {
    return DateTimeFormatter.ofPattern(pattern).withZone(ZoneOffset.UTC);
  }

  private static byte[] hex(String der) {
    return HexFormat.of().parseHex(der);
  }
}
