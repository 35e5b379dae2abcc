package dev.alts.ca.admin;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.alts.api.machine.v1.Pacing;
import dev.alts.ca.admin.web.RefusedRequestException;
import dev.alts.identity.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * How far agents spread renewals that the CA asks for, so that a fleet does not come at once
 * (abuse-54).
 *
 * @param spreadSeconds each agent draws a delay of at most this once
 */
record PacingText(int spreadSeconds) implements PolicyText {
  private static final int LONGEST = 3600;

  static PacingText of(@Nullable Integer spreadSeconds) {
    if (spreadSeconds == null || spreadSeconds < 0 || spreadSeconds > LONGEST) {
      throw RefusedRequestException.badRequest("spreadSeconds: expected 0 to " + LONGEST);
    }
    return new PacingText(spreadSeconds);
  }

  static PacingText parse(Bytes body) {
    try {
      return new PacingText(Pacing.parseFrom(body.asByteBuffer()).getSpreadSeconds());
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("stored pacing is damaged", e);
    }
  }

  Pacing toWire() {
    return Pacing.newBuilder().setSpreadSeconds(spreadSeconds).build();
  }

  @Override
  public String describe() {
    return "spread over %d s".formatted(spreadSeconds);
  }
}
