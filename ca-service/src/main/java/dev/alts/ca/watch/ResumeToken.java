package dev.alts.ca.watch;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.util.UUID;

/** Says which incarnation of a topic a position belongs to. Opaque to agents. */
public final class ResumeToken {
  private ResumeToken() {}

  static ByteString of(UUID incarnation) {
    ByteBuffer bytes = ByteBuffer.allocate(16);
    bytes.putLong(incarnation.getMostSignificantBits());
    bytes.putLong(incarnation.getLeastSignificantBits());
    return ByteString.copyFrom(bytes.flip());
  }

  /** {@return whether a position with this token counts} */
  public static boolean matches(ByteString token, UUID incarnation) {
    return token.equals(of(incarnation));
  }
}
