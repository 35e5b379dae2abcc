package dev.alts.ca.authority;

/**
 * Elements of DER (X.690 section 10): a tag, the shortest form of the length, the content. Written
 * directly, because a general encoder costs more than the signature of a certificate.
 */
public final class DerElements {
  public static final int BOOLEAN = 0x01;
  public static final int INTEGER = 0x02;
  public static final int BIT_STRING = 0x03;
  public static final int OCTET_STRING = 0x04;
  public static final int UTC_TIME = 0x17;
  public static final int GENERALIZED_TIME = 0x18;
  public static final int SEQUENCE = 0x30;

  private DerElements() {}

  /** {@return the element with these parts, one after the other, as its content} */
  public static byte[] element(int tag, byte[]... parts) {
    int length = 0;
    for (byte[] part : parts) {
      length += part.length;
    }
    int header = headerLength(length);
    byte[] element = new byte[header + length];
    element[0] = (byte) tag;
    writeLength(element, length);
    int position = header;
    for (byte[] part : parts) {
      System.arraycopy(part, 0, element, position, part.length);
      position += part.length;
    }
    return element;
  }

  private static int headerLength(int length) {
    if (length < 0x80) {
      return 2;
    }
    if (length > 0xffff) {
      throw new IllegalArgumentException(
          "DER: %d bytes of content (expected: at most 65535)".formatted(length));
    }
    return length < 0x100 ? 3 : 4;
  }

  private static void writeLength(byte[] element, int length) {
    if (length < 0x80) {
      element[1] = (byte) length;
    } else if (length < 0x100) {
      element[1] = (byte) 0x81;
      element[2] = (byte) length;
    } else {
      element[1] = (byte) 0x82;
      element[2] = (byte) (length >>> 8);
      element[3] = (byte) length;
    }
  }
}
