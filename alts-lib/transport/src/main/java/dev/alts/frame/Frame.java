package dev.alts.frame;

import com.google.protobuf.ByteString;
import dev.alts.identity.Bytes;

/**
 * A complete handshake frame as it was received.
 *
 * @param encoded header and body, which transcripts hash as they are
 */
public record Frame(FrameType type, Bytes encoded) {
  /** {@return what follows the header} */
  public ByteString body() {
    ByteString all = ByteString.copyFrom(encoded.asByteBuffer());
    return all.substring(FrameHeader.BYTES);
  }
}
