package dev.alts.identity.x509;

import dev.alts.identity.AltsAttributes;
import dev.alts.identity.Bytes;
import dev.alts.identity.EntityKind;
import dev.alts.identity.RevocationId;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The extension {@code AltsAttributes} as DER (handshake.md section 11): one encoding, no other.
 */
public final class AltsAttributesExtension {
  /** Frozen. A UUID in pieces below 2^31, because Go refuses longer arcs. */
  public static final String OID =
      "1.2.840.113556.1.8000.2554.3104.5968.21140.19705.45978.15841139.8815157";

  private static final byte VERSION = 1;
  private static final int REVOCATION_ID_BYTES = 8;
  private static final int MAX_LENGTH = 512;
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuuMMddHHmmss'Z'").withZone(ZoneOffset.UTC);
  private static final Pattern TIME_SYNTAX =
      Pattern.compile("([0-9]{4})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})Z");

  private AltsAttributesExtension() {}

  public static Bytes encode(AltsAttributes attributes) {
    byte[] fields =
        new DerWriter()
            .element(DerReader.INTEGER, VERSION)
            .element(DerReader.ENUMERATED, (byte) attributes.kind().number())
            .element(DerReader.UTF8_STRING, utf8(attributes.boundary()))
            .element(DerReader.UTF8_STRING, utf8(attributes.machine()))
            .element(
                DerReader.OCTET_STRING,
                ByteBuffer.allocate(REVOCATION_ID_BYTES)
                    .putLong(attributes.revocationId().value())
                    .array())
            .element(
                DerReader.GENERALIZED_TIME,
                TIME.format(attributes.issuedAt()).getBytes(StandardCharsets.US_ASCII))
            .element(DerReader.BOOLEAN, (byte) (attributes.mayDelegate() ? 0xff : 0))
            .toByteArray();
    return Bytes.copyOf(new DerWriter().element(DerReader.SEQUENCE, fields).toByteArray());
  }

  /** {@return the attributes in the extension's value} */
  public static AltsAttributes parse(Bytes der) throws InvalidCertificateException {
    if (der.length() > MAX_LENGTH) {
      throw new InvalidCertificateException("AltsAttributes: longer than 512 bytes");
    }
    DerReader outer = new DerReader(der.toByteArray());
    DerReader fields = outer.enter(DerReader.SEQUENCE);
    outer.requireEnd();
    BigInteger version = fields.readInteger(DerReader.INTEGER);
    if (!version.equals(BigInteger.ONE)) {
      throw new InvalidCertificateException(
          "AltsAttributes: version %s (expected: 1)".formatted(version));
    }
    EntityKind kind = kind(fields.readInteger(DerReader.ENUMERATED));
    String boundary = fields.readUtf8();
    String machine = fields.readUtf8();
    RevocationId revocationId = revocationId(fields.read(DerReader.OCTET_STRING));
    Instant issuedAt = time(fields.read(DerReader.GENERALIZED_TIME));
    boolean mayDelegate = fields.readBoolean();
    fields.requireEnd();
    try {
      return new AltsAttributes(kind, boundary, machine, revocationId, issuedAt, mayDelegate);
    } catch (IllegalArgumentException e) {
      throw new InvalidCertificateException("AltsAttributes: " + e.getMessage(), e);
    }
  }

  private static EntityKind kind(BigInteger number) throws InvalidCertificateException {
    if (number.bitLength() > 31) {
      throw new InvalidCertificateException("AltsAttributes: unknown kind");
    }
    return EntityKind.ofNumber(number.intValue())
        .orElseThrow(() -> new InvalidCertificateException("AltsAttributes: unknown kind"));
  }

  private static RevocationId revocationId(byte[] octets) throws InvalidCertificateException {
    if (octets.length != REVOCATION_ID_BYTES) {
      throw new InvalidCertificateException(
          "AltsAttributes: revocation ID of %d bytes (expected: 8)".formatted(octets.length));
    }
    return new RevocationId(ByteBuffer.wrap(octets).getLong());
  }

  private static Instant time(byte[] content) throws InvalidCertificateException {
    Matcher digits = TIME_SYNTAX.matcher(new String(content, StandardCharsets.ISO_8859_1));
    if (!digits.matches()) {
      throw new InvalidCertificateException(
          "AltsAttributes: issued-at (expected: YYYYMMDDHHMMSSZ, no fraction)");
    }
    try {
      return LocalDateTime.of(
              Integer.parseInt(digits.group(1)),
              Integer.parseInt(digits.group(2)),
              Integer.parseInt(digits.group(3)),
              Integer.parseInt(digits.group(4)),
              Integer.parseInt(digits.group(5)),
              Integer.parseInt(digits.group(6)))
          .toInstant(ZoneOffset.UTC);
    } catch (DateTimeException e) {
      throw new InvalidCertificateException("AltsAttributes: issued-at is no time", e);
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
