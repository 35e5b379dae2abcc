package dev.alts.ca.issuance;

import dev.alts.identity.Bytes;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** DER written by hand, so that the lint does not repeat an error of the builder's library. */
final class LintEncodings {
  private static final int SEQUENCE = 0x30;
  private static final int DNS_NAME = 0x82;
  private static final int URI = 0x86;

  private LintEncodings() {}

  /** {@return GeneralNames with this one URI, then these DNS names} */
  static Bytes names(String uri, List<String> dnsNames) {
    ByteArrayOutputStream names = new ByteArrayOutputStream();
    names.writeBytes(element(URI, uri.getBytes(StandardCharsets.US_ASCII)));
    dnsNames.forEach(
        name -> names.writeBytes(element(DNS_NAME, name.getBytes(StandardCharsets.US_ASCII))));
    return Bytes.copyOf(element(SEQUENCE, names.toByteArray()));
  }

  private static byte[] element(int tag, byte[] content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(content.length + 4);
    out.write(tag);
    if (content.length < 0x80) {
      out.write(content.length);
    } else if (content.length < 0x100) {
      out.write(0x81);
      out.write(content.length);
    } else {
      out.write(0x82);
      out.write(content.length >>> 8);
      out.write(content.length & 0xff);
    }
    out.writeBytes(content);
    return out.toByteArray();
  }
}
