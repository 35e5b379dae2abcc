package dev.alts.netty;

import dev.alts.frame.FrameHeader;
import dev.alts.frame.FrameType;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Cuts received bytes at the ends of handshake frames, so that only a whole frame costs a hop to
 * another thread. It judges nothing: an impossible header is handed on at once for the handshaker
 * to refuse.
 *
 * <p>Owns what it was given and has not handed out; {@link #release} ends that.
 */
final class FrameCutter {
  private static final int LONGEST_LENGTH = 32 * 1024;

  private ByteBuf received = Unpooled.EMPTY_BUFFER;
  private int missing;
  private boolean alert;
  private boolean first = true;
  private Optional<ForeignProtocol> foreign = Optional.empty();

  /**
   * Bytes of a frame: its end, or just more of it.
   *
   * @param isAlert whether the frame is an alert, which costs nothing to read
   * @param moreBehind whether other bytes came right behind the frame that ends here
   */
  record Cut(ByteBuf bytes, boolean endsFrame, boolean isAlert, boolean moreBehind) {}

  /** Takes ownership of {@code bytes}. */
  void add(ByteBufAllocator allocator, ByteBuf bytes) {
    received = ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(allocator, received, bytes);
  }

  /** {@return the next bytes to hand on, which the caller releases; empty: too few are here} */
  Optional<Cut> next() {
    int available = received.readableBytes();
    if (missing == 0) {
      if (available < FrameHeader.BYTES) {
        return Optional.empty();
      }
      missing = claimedBytes();
    }
    if (available == 0) {
      return Optional.empty();
    }
    int taken = Math.min(available, missing);
    missing -= taken;
    boolean endsFrame = missing == 0;
    return Optional.of(
        new Cut(
            received.readRetainedSlice(taken), endsFrame, alert, endsFrame && available > taken));
  }

  /**
   * {@return the alert that waits to be handed on, if that is what comes next} For a channel that
   * has ended before its turn came.
   */
  OptionalInt waitingAlert() {
    int start = received.readerIndex();
    boolean waits =
        missing == 0
            && received.readableBytes() > FrameHeader.BYTES
            && received.getIntLE(start) == FrameType.ALERT.maxLength()
            && received.getIntLE(start + Integer.BYTES) == FrameType.ALERT.number();
    return waits
        ? OptionalInt.of(received.getUnsignedByte(start + FrameHeader.BYTES))
        : OptionalInt.empty();
  }

  /** {@return what the peer seems to speak if its first bytes are no frame} */
  Optional<ForeignProtocol> foreignProtocol() {
    return foreign;
  }

  /** {@return what was not handed out; the caller owns it} */
  ByteBuf takeRest() {
    ByteBuf rest = received;
    received = Unpooled.EMPTY_BUFFER;
    return rest;
  }

  void release() {
    takeRest().release();
  }

  private int claimedBytes() {
    int start = received.readerIndex();
    int length = received.getIntLE(start);
    int type = received.getIntLE(start + Integer.BYTES);
    boolean possible = length >= FrameHeader.TYPE_BYTES && length <= LONGEST_LENGTH;
    alert = type == FrameType.ALERT.number();
    if (first) {
      first = false;
      foreign =
          possible && type >= 1 && type <= 5
              ? Optional.empty()
              : ForeignProtocol.recognise(received);
    }
    return possible
        ? FrameHeader.BYTES - FrameHeader.TYPE_BYTES + length
        : received.readableBytes();
  }
}
