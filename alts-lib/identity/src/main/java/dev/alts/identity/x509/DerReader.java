package dev.alts.identity.x509;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads DER front to back and refuses everything that has more than one encoding: indefinite or
 * padded lengths, multi-byte tags, padded integers, booleans other than 00 and FF. Nothing is
 * allocated by a declared length. Not thread-safe.
 */
final class DerReader {
  static final int BOOLEAN = 0x01;
  static final int INTEGER = 0x02;
  static final int BIT_STRING = 0x03;
  static final int OCTET_STRING = 0x04;
  static final int OBJECT_IDENTIFIER = 0x06;
  static final int ENUMERATED = 0x0a;
  static final int UTF8_STRING = 0x0c;
  static final int GENERALIZED_TIME = 0x18;
  static final int SEQUENCE = 0x30;

  private final byte[] data;
  private final int end;
  private int position;

  DerReader(byte[] data) {
    this(data, 0, data.length);
  }

  private DerReader(byte[] data, int start, int end) {
    this.data = data;
    this.position = start;
    this.end = end;
  }

  boolean hasMore() {
    return position < end;
  }

  /** {@return whether the next element has this tag} */
  boolean nextIs(int tag) {
    return hasMore() && (data[position] & 0xff) == tag;
  }

  /** {@return a reader of the content of the next element, which must have this tag} */
  DerReader enter(int tag) throws InvalidCertificateException {
    int length = header(tag);
    DerReader content = new DerReader(data, position, position + length);
    position += length;
    return content;
  }

  /** {@return the content of the next element, which must have this tag} */
  byte[] read(int tag) throws InvalidCertificateException {
    int length = header(tag);
    position += length;
    return Arrays.copyOfRange(data, position - length, position);
  }

  /** {@return the next element with its header, whatever its tag is} */
  byte[] readElement() throws InvalidCertificateException {
    if (!hasMore()) {
      throw new InvalidCertificateException("DER: ends too early");
    }
    int start = position;
    int length = header(data[position] & 0xff);
    position += length;
    return Arrays.copyOfRange(data, start, position);
  }

  /** {@return the tag of the next element, or -1 at the end} */
  int peekTag() {
    return hasMore() ? data[position] & 0xff : -1;
  }

  void requireEnd() throws InvalidCertificateException {
    if (hasMore()) {
      throw new InvalidCertificateException(
          "DER: %d bytes too many (expected: end)".formatted(end - position));
    }
  }

  BigInteger readInteger(int tag) throws InvalidCertificateException {
    byte[] content = read(tag);
    boolean padded =
        content.length > 1
            && ((content[0] == 0 && content[1] >= 0) || (content[0] == -1 && content[1] < 0));
    if (content.length == 0 || padded) {
      throw new InvalidCertificateException("DER: integer not minimal");
    }
    return new BigInteger(content);
  }

  boolean readBoolean() throws InvalidCertificateException {
    byte[] content = read(BOOLEAN);
    if (content.length != 1 || (content[0] != 0 && content[0] != (byte) 0xff)) {
      throw new InvalidCertificateException("DER: boolean (expected: 00 or FF)");
    }
    return content[0] != 0;
  }

  String readUtf8() throws InvalidCertificateException {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(read(UTF8_STRING)))
          .toString();
    } catch (CharacterCodingException e) {
      throw new InvalidCertificateException("DER: text is not UTF-8", e);
    }
  }

  private int header(int tag) throws InvalidCertificateException {
    if (position + 2 > end) {
      throw new InvalidCertificateException("DER: ends too early");
    }
    int actual = data[position] & 0xff;
    if (actual != tag || (tag & 0x1f) == 0x1f) {
      throw new InvalidCertificateException(
          "DER: tag %02x (expected: %02x)".formatted(actual, tag));
    }
    int first = data[position + 1] & 0xff;
    position += 2;
    int length = first < 0x80 ? first : longLength(first & 0x7f);
    if (length > end - position) {
      throw new InvalidCertificateException("DER: length beyond the end");
    }
    return length;
  }

  private int longLength(int octets) throws InvalidCertificateException {
    // Three octets reach 16 MiB, far above every limit of ours.
    if (octets < 1 || octets > 3 || position + octets > end) {
      throw new InvalidCertificateException("DER: length form (expected: definite and minimal)");
    }
    int length = 0;
    for (int i = 0; i < octets; i++) {
      length = (length << 8) | (data[position++] & 0xff);
    }
    int least = octets == 1 ? 0x80 : 1 << (8 * (octets - 1));
    if (length < least) {
      throw new InvalidCertificateException("DER: length not minimal");
    }
    return length;
  }
}
