package dev.alts.ca.issuance;

import dev.alts.ca.authority.DerElements;
import dev.alts.identity.Bytes;
import java.util.Arrays;

/**
 * The three parts of a certificate (RFC 5280 4.1), read back from its bytes and not taken from
 * whoever put them together.
 */
record EnvelopeParts(Bytes tbs, Bytes algorithm, Bytes signature) {

  /**
   * {@return the parts of {@code certificate}, all of it}
   *
   * @throws IllegalStateException if it has another form, or more than these parts
   */
  static EnvelopeParts read(Bytes certificate) {
    byte[] der = certificate.toByteArray();
    int start = content(der, 0, DerElements.SEQUENCE);
    require(end(der, 0) == der.length);
    int algorithm = end(der, start);
    require(der[start] == DerElements.SEQUENCE);
    int bits = end(der, algorithm);
    int signature = content(der, bits, DerElements.BIT_STRING);
    require(end(der, bits) == der.length && signature < der.length && der[signature] == 0);
    return new EnvelopeParts(
        slice(der, start, algorithm),
        slice(der, algorithm, bits),
        slice(der, signature + 1, der.length));
  }

  private static Bytes slice(byte[] der, int from, int to) {
    return Bytes.copyOf(Arrays.copyOfRange(der, from, to));
  }

  private static int content(byte[] der, int at, int tag) {
    require(at < der.length && der[at] == tag);
    return at + 1 + lengthBytes(der, at);
  }

  /** {@return where the element that begins at {@code at} ends} */
  private static int end(byte[] der, int at) {
    int lengthBytes = lengthBytes(der, at);
    int length = 0;
    for (int i = lengthBytes == 1 ? 1 : 2; i <= lengthBytes; i++) {
      length = (length << 8) | (der[at + i] & 0xff);
    }
    int end = at + 1 + lengthBytes + length;
    require(end <= der.length);
    return end;
  }

  private static int lengthBytes(byte[] der, int at) {
    require(at + 4 <= der.length);
    int first = der[at + 1] & 0xff;
    require(first < 0x80 || first == 0x81 || first == 0x82);
    return first < 0x80 ? 1 : 1 + (first & 0x7f);
  }

  private static void require(boolean holds) {
    if (!holds) {
      throw new IllegalStateException("the signed certificate has not the form of one");
    }
  }
}
