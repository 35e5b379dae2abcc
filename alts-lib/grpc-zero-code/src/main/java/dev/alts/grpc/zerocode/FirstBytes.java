package dev.alts.grpc.zerocode;

import io.netty.buffer.ByteBuf;

/**
 * The first four bytes that a peer says, which tell ALTS from HTTP. An ALTS frame begins with its
 * length, smallest byte first (handshake.md section 1): every text and every HTTP/2 frame but DATA,
 * which comes first nowhere, would be a frame of 16 MiB or more, and none is that long.
 *
 * <p>Not thread-safe.
 */
final class FirstBytes {
  enum Protocol {
    UNDECIDED,
    ALTS,
    /** A client's "PRI " (RFC 9113 section 3.4). */
    HTTP2_CLIENT,
    /** A server's SETTINGS (RFC 9113 section 3.4). */
    HTTP2_SERVER,
    OTHER
  }

  private static final int ENOUGH = 4;
  private static final int PRI = 0x50_52_49_20;
  private static final int SETTINGS = 4;

  private int value;
  private int count;

  /**
   * {@return what the peer speaks, as far as it has said anything} Reads nothing from the buffer.
   */
  Protocol add(ByteBuf bytes) {
    for (int i = bytes.readerIndex(); i < bytes.writerIndex() && count < ENOUGH; i++) {
      value = (value << 8) | bytes.getUnsignedByte(i);
      count++;
    }
    return protocol();
  }

  Protocol protocol() {
    if (count < ENOUGH) {
      return Protocol.UNDECIDED;
    }
    if (value == PRI) {
      return Protocol.HTTP2_CLIENT;
    }
    return switch (value & 0xff) {
      case 0 -> Protocol.ALTS;
      case SETTINGS -> Protocol.HTTP2_SERVER;
      default -> Protocol.OTHER;
    };
  }
}
