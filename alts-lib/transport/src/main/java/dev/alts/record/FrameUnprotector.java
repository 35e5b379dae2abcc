package dev.alts.record;

import dev.alts.frame.AltsProtocolException;
import dev.alts.frame.FrameHeader;
import dev.alts.frame.FrameType;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Cuts record frames out of bytes that arrive split anywhere, and opens them.
 *
 * <pre>{@code
 * for (int length = in.receive(buffer); length >= 0; length = in.receive(buffer)) {
 *   in.unprotect(target); // at least length bytes of room
 * }
 * }</pre>
 *
 * <p>Memory grows with the bytes received, never by a claimed length; a frame that lies whole in
 * one buffer is opened from there. A failure is for ever. Not thread-safe.
 */
public final class FrameUnprotector {
  /** What {@link #receive} says when the next frame is not complete. */
  public static final int NEEDS_MORE_BYTES = -1;

  private static final int MIN_LENGTH = FrameHeader.TYPE_BYTES + RecordOpener.TAG_BYTES;
  private static final int FIRST_ALLOCATION = 512;

  private final RecordOpener opener;
  private final int maxLength;
  private boolean mayBeAlert;
  private byte[] received = new byte[0];
  private int count;
  private int wanted = FrameHeader.BYTES;
  private boolean hasHeader;
  private @Nullable ByteBuffer ready;
  private int readyAt;
  private boolean failed;

  /**
   * @param ownMaxFrameBytes what we told the peer that we accept
   * @param from whose frames these are: only a server's first record may be replaced by an alert
   *     (handshake.md section 4)
   */
  public FrameUnprotector(RecordOpener opener, int ownMaxFrameBytes, Direction from) {
    this.opener = opener;
    this.maxLength = MaxFrame.clamp(ownMaxFrameBytes);
    this.mayBeAlert = from == Direction.SERVER_TO_CLIENT;
  }

  /**
   * Consumes bytes up to the end of the next frame.
   *
   * @return the length of its payload, to be taken by {@link #unprotect} before the next call and
   *     before {@code in} changes; or {@link #NEEDS_MORE_BYTES}, and then {@code in} is used up
   */
  public int receive(ByteBuffer in) throws AltsProtocolException {
    if (failed || ready != null) {
      throw new IllegalStateException(
          failed ? "frames refused after a failure" : "the last frame was not taken");
    }
    if (!hasHeader && count == 0 && in.remaining() >= FrameHeader.BYTES) {
      acceptHeader(in);
    }
    if (!hasHeader) {
      accumulate(in);
      if (count < FrameHeader.BYTES) {
        return NEEDS_MORE_BYTES;
      }
      acceptHeader(ByteBuffer.wrap(received, 0, count));
      count = 0;
    }
    if (count == 0 && in.remaining() >= wanted) {
      ready = in;
      readyAt = in.position();
      in.position(readyAt + wanted);
    } else {
      accumulate(in);
      if (count < wanted) {
        return NEEDS_MORE_BYTES;
      }
      ready = ByteBuffer.wrap(received, 0, count);
      readyAt = 0;
    }
    rejectAlert(ready);
    return wanted - RecordOpener.TAG_BYTES;
  }

  /**
   * Opens the frame that {@link #receive} announced and writes its payload, whose position moves.
   */
  public void unprotect(ByteBuffer payload) throws AltsProtocolException {
    ByteBuffer sealed = ready;
    if (sealed == null) {
      throw new IllegalStateException("no frame is ready (expected: receive first)");
    }
    int position = sealed.position();
    int limit = sealed.limit();
    try {
      opener.open(sealed.limit(readyAt + wanted).position(readyAt), payload);
    } catch (AltsProtocolException e) {
      failed = true;
      throw e;
    } finally {
      sealed.limit(limit).position(position);
      ready = null;
      count = 0;
      hasHeader = false;
      mayBeAlert = false;
      wanted = FrameHeader.BYTES;
    }
  }

  /** {@return whether the bytes so far end between two frames} */
  public boolean isBetweenFrames() {
    return !hasHeader && count == 0 && ready == null;
  }

  public boolean isNearLimit() {
    return opener.isNearLimit();
  }

  private void acceptHeader(ByteBuffer buffer) throws AltsProtocolException {
    FrameHeader header = FrameHeader.read(buffer);
    boolean isRecord = header.is(FrameType.RECORD) && header.hasLengthWithin(MIN_LENGTH, maxLength);
    boolean isAlert =
        mayBeAlert && header.is(FrameType.ALERT) && header.length() == FrameType.ALERT.maxLength();
    if (!isRecord && !isAlert) {
      failed = true;
      throw AltsProtocolException.inRecords(
          "%s (expected: a record of length %d to %d)".formatted(header, MIN_LENGTH, maxLength));
    }
    hasHeader = true;
    mayBeAlert = isAlert;
    wanted = header.length() - FrameHeader.TYPE_BYTES;
  }

  private void rejectAlert(ByteBuffer body) throws AltsProtocolException {
    if (mayBeAlert) {
      failed = true;
      throw AltsProtocolException.receivedAlert(body.get(readyAt) & 0xff);
    }
  }

  private void accumulate(ByteBuffer in) {
    int taken = Math.min(in.remaining(), wanted - count);
    if (count + taken > received.length) {
      received =
          Arrays.copyOf(
              received, Math.max(count + taken, Math.max(FIRST_ALLOCATION, 2 * received.length)));
    }
    in.get(received, count, taken);
    count += taken;
  }
}
