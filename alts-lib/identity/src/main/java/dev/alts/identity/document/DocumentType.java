package dev.alts.identity.document;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Everything that is signed, with the text that keeps a signature over one type from being taken
 * for another (handshake.md section 11).
 */
public enum DocumentType {
  HANDSHAKE_CERTIFICATE("ALTS/1 handshake certificate"),
  TRUST_DOCUMENT("ALTS/1 trust document"),
  REVOCATION_LIST("ALTS/1 revocation list"),
  NAMING_POLICY("ALTS/1 naming policy"),
  AUDIT_CHECKPOINT("ALTS/1 audit checkpoint");

  private static final int PADDING = 64;

  private final String text;

  DocumentType(String text) {
    this.text = text;
  }

  /** {@return what is signed: 64 spaces, the text, a zero byte, the body} */
  public byte[] signatureInput(byte[] body) {
    byte[] label = text.getBytes(StandardCharsets.US_ASCII);
    byte[] padding = new byte[PADDING];
    Arrays.fill(padding, (byte) ' ');
    return ByteBuffer.allocate(PADDING + label.length + 1 + body.length)
        .put(padding)
        .put(label)
        .put((byte) 0)
        .put(body)
        .array();
  }

  /** {@return the name for messages: "trust document"} */
  public String title() {
    return text.substring(text.indexOf(' ') + 1);
  }
}
