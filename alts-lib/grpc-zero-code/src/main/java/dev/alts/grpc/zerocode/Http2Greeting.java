package dev.alts.grpc.zerocode;

import io.netty.buffer.ByteBuf;

/**
 * The first two frames of an HTTP/2 server (RFC 9113 section 4.1). A server in clear text sends
 * SETTINGS and then anything; one that speaks ALTS sends GOAWAY right behind them (ADR 6).
 *
 * <p>Not thread-safe.
 */
final class Http2Greeting {
  enum Verdict {
    UNDECIDED,
    SERVES,
    REFUSES
  }

  private static final int HEADER_BYTES = 9;
  private static final int LENGTH_BYTES = 3;
  private static final int SETTINGS = 4;
  private static final int GOAWAY = 7;

  private Verdict verdict = Verdict.UNDECIDED;
  private boolean settingsSeen;
  // of the frame that is being read
  private int position;
  private int length;

  /** {@return what is known by now} Reads nothing from the buffer. */
  Verdict add(ByteBuf bytes) {
    for (int i = bytes.readerIndex();
        i < bytes.writerIndex() && verdict == Verdict.UNDECIDED;
        i++) {
      add(bytes.getUnsignedByte(i));
    }
    return verdict;
  }

  private void add(int next) {
    if (position < LENGTH_BYTES) {
      length = (length << 8) | next;
    } else if (position == LENGTH_BYTES) {
      frameOf(next);
    }
    position++;
    if (position == HEADER_BYTES + length && position >= HEADER_BYTES) {
      position = 0;
      length = 0;
    }
  }

  private void frameOf(int type) {
    if (settingsSeen) {
      verdict = type == GOAWAY ? Verdict.REFUSES : Verdict.SERVES;
    } else if (type == SETTINGS) {
      settingsSeen = true;
    } else {
      verdict = Verdict.REFUSES;
    }
  }
}
