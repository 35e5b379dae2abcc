package dev.alts.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * What a peer speaks that does not speak ALTS, guessed from its first bytes. Only for messages to
 * people: the bytes are refused whatever this says.
 */
enum ForeignProtocol {
  HTTP2_CLIENT("plaintext HTTP/2 (a gRPC client without ALTS credentials?)"),
  HTTP1("plaintext HTTP/1"),
  TLS("TLS"),
  HTTP2_SERVER("plaintext HTTP/2 (a gRPC server without ALTS credentials?)");

  // RFC 9113 section 7
  private static final int INADEQUATE_SECURITY = 0xc;

  private static final byte[] HTTP2_PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private final String description;

  ForeignProtocol(String description) {
    this.description = description;
  }

  String description() {
    return description;
  }

  /**
   * {@return a last word that such a peer understands} A gRPC client shows the text of a GOAWAY to
   * its user, but makes nothing of our alert.
   */
  Optional<ByteBuf> answer() {
    if (this != HTTP2_CLIENT) {
      return Optional.empty();
    }
    byte[] text =
        "this server speaks ALTS; use AltsChannelCredentials".getBytes(StandardCharsets.US_ASCII);
    ByteBuf frames = Unpooled.buffer();
    // SETTINGS, empty: RFC 9113 section 3.4 wants it first
    frames.writeMedium(0).writeByte(4).writeByte(0).writeInt(0);
    frames.writeMedium(8 + text.length).writeByte(7).writeByte(0).writeInt(0);
    return Optional.of(frames.writeInt(0).writeInt(INADEQUATE_SECURITY).writeBytes(text));
  }

  /** {@return the protocol whose connections begin like {@code firstBytes}} */
  static Optional<ForeignProtocol> recognise(ByteBuf firstBytes) {
    if (startsWith(firstBytes, HTTP2_PREFACE, 8)) {
      return Optional.of(HTTP2_CLIENT);
    }
    for (String method : new String[] {"GET ", "POST", "HEAD", "PUT ", "OPTI", "HTTP", "CONN"}) {
      if (startsWith(firstBytes, method.getBytes(StandardCharsets.US_ASCII), 4)) {
        return Optional.of(HTTP1);
      }
    }
    if (firstBytes.readableBytes() < 4) {
      return Optional.empty();
    }
    int start = firstBytes.readerIndex();
    // TLSPlaintext: handshake(22) or alert(21), legacy version 3.x
    int contentType = firstBytes.getByte(start);
    if ((contentType == 22 || contentType == 21) && firstBytes.getByte(start + 1) == 3) {
      return Optional.of(TLS);
    }
    // HTTP/2 SETTINGS: 24-bit length, a multiple of 6, then type 4
    int length = firstBytes.getUnsignedMedium(start);
    if (firstBytes.getByte(start + 3) == 4 && length <= 600 && length % 6 == 0) {
      return Optional.of(HTTP2_SERVER);
    }
    return Optional.empty();
  }

  private static boolean startsWith(ByteBuf bytes, byte[] expected, int atLeast) {
    if (bytes.readableBytes() < atLeast) {
      return false;
    }
    int compared = Math.min(bytes.readableBytes(), expected.length);
    for (int i = 0; i < compared; i++) {
      if (bytes.getByte(bytes.readerIndex() + i) != expected[i]) {
        return false;
      }
    }
    return true;
  }
}
