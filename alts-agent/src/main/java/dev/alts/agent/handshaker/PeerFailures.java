package dev.alts.agent.handshaker;

import dev.alts.agent.delivery.DeliveryException;
import dev.alts.agent.delivery.DeliveryException.Reason;
import dev.alts.frame.Alert;
import dev.alts.frame.AltsProtocolException;

/** What the calling process is told of a handshake that failed: the precise reason, for its log. */
final class PeerFailures {
  private PeerFailures() {}

  static DeliveryException of(AltsProtocolException failure) {
    Reason reason = failure.alert().map(PeerFailures::reason).orElse(Reason.PEER_FAILED);
    return new DeliveryException(reason, "ALTS handshake: " + failure.getMessage());
  }

  private static Reason reason(Alert alert) {
    return switch (alert) {
      case HANDSHAKE_FAILED, CERTIFICATE_EXPIRED, UNAUTHORIZED, REVOKED -> Reason.PEER_REFUSED;
      case OVERLOADED -> Reason.OVERLOADED;
      case BAD_MESSAGE, UNSUPPORTED_VERSION, NO_COMMON_PARAMETERS, INTERNAL -> Reason.PEER_FAILED;
    };
  }
}
