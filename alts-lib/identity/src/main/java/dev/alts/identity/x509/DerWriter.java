package dev.alts.identity.x509;

import java.io.ByteArrayOutputStream;

/** Writes DER elements of up to 65,535 bytes. Not thread-safe. */
final class DerWriter {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  DerWriter element(int tag, byte... content) {
    out.write(tag);
    if (content.length >= 0x100) {
      out.write(0x82);
      out.write(content.length >> 8);
    } else if (content.length >= 0x80) {
      out.write(0x81);
    }
    out.write(content.length);
    out.writeBytes(content);
    return this;
  }

  byte[] toByteArray() {
    return out.toByteArray();
  }
}
