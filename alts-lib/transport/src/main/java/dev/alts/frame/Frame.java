package dev.alts.frame;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.alts.identity.Bytes;

/**
 * A complete handshake frame as it was received.
 *
 * @param encoded header and body, which transcripts hash as they are
 * @param body what follows the header
 */
public record Frame(FrameType type, Bytes encoded, ByteString body) {
  /** {@return the frame in {@code encoded} itself, which nobody changes from now on} */
  static Frame adopt(FrameType type, byte[] encoded) {
    ByteString all = UnsafeByteOperations.unsafeWrap(encoded);
    return new Frame(type, Bytes.adopt(encoded), all.substring(FrameHeader.BYTES));
  }
}
