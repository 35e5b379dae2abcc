package dev.alts.ca.admin;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.alts.api.policy.v1.RevocationPolicy;
import dev.alts.api.policy.v1.StaleRevocation;
import dev.alts.ca.admin.web.RefusedRequestException;
import dev.alts.ca.revocation.RevocationTimes;
import dev.alts.identity.Bytes;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What parties do about stale lists and old channels (handshake.md section 7).
 *
 * @param whenStale {@code keep-serving} or {@code refuse-new}
 * @param maxChannelLife such as {@code 24h}
 */
record RevocationPolicyText(
    String whenStale, String maxChannelLife, boolean endChannelsWithPeerCertificate)
    implements PolicyText {
  private static final String KEEP_SERVING = "keep-serving";
  private static final String REFUSE_NEW = "refuse-new";
  private static final Duration SHORTEST = Duration.ofMinutes(1);

  static RevocationPolicyText of(
      @Nullable String whenStale, @Nullable String maxChannelLife, boolean endWithCertificate) {
    String stale = Objects.requireNonNullElse(whenStale, KEEP_SERVING);
    if (!stale.equals(KEEP_SERVING) && !stale.equals(REFUSE_NEW)) {
      throw RefusedRequestException.badRequest("whenStale: expected keep-serving or refuse-new");
    }
    Duration life =
        maxChannelLife == null ? RevocationTimes.LONGEST_CHANNEL : duration(maxChannelLife);
    // Entries are kept as long as a channel of this age could live; a longer one would outlive the
    // revocation that names it (abuse-46).
    if (life.compareTo(SHORTEST) < 0 || life.compareTo(RevocationTimes.LONGEST_CHANNEL) > 0) {
      throw RefusedRequestException.badRequest("maxChannelLife: expected 1m to 24h");
    }
    return new RevocationPolicyText(stale, text(life), endWithCertificate);
  }

  static RevocationPolicyText parse(Bytes body) {
    try {
      RevocationPolicy wire = RevocationPolicy.parseFrom(body.asByteBuffer());
      return new RevocationPolicyText(
          wire.getWhenStale() == StaleRevocation.REFUSE_NEW ? REFUSE_NEW : KEEP_SERVING,
          text(Duration.ofSeconds(wire.getMaxChannelLifeSeconds())),
          wire.getEndChannelsWithPeerCertificate());
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("stored revocation policy is damaged", e);
    }
  }

  RevocationPolicy toWire() {
    return RevocationPolicy.newBuilder()
        .setWhenStale(
            whenStale.equals(REFUSE_NEW)
                ? StaleRevocation.REFUSE_NEW
                : StaleRevocation.KEEP_SERVING)
        .setMaxChannelLifeSeconds(Math.toIntExact(duration(maxChannelLife).toSeconds()))
        .setEndChannelsWithPeerCertificate(endChannelsWithPeerCertificate)
        .build();
  }

  @Override
  public String describe() {
    return "%s, channels live at most %s%s"
        .formatted(
            whenStale,
            maxChannelLife,
            endChannelsWithPeerCertificate ? " and end with the peer's certificate" : "");
  }

  private static Duration duration(String text) {
    if (!text.matches("[0-9hms]{2,16}")) {
      throw notADuration();
    }
    try {
      return Duration.parse("PT" + text.toUpperCase(Locale.ROOT));
    } catch (DateTimeParseException e) {
      throw notADuration();
    }
  }

  private static RefusedRequestException notADuration() {
    return RefusedRequestException.badRequest("maxChannelLife: expected such as 8h or 1h30m");
  }

  private static String text(Duration life) {
    return life.toString().substring(2).toLowerCase(Locale.ROOT);
  }
}
