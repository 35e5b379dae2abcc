package dev.alts.frame;

import dev.alts.identity.Bytes;

/**
 * Why a party ends a handshake, as it tells the other (handshake.md section 9). Unauthenticated and
 * final; all cryptographic failures look alike, so that an alert is no oracle.
 */
public enum Alert {
  BAD_MESSAGE(1),
  UNSUPPORTED_VERSION(2),
  NO_COMMON_PARAMETERS(3),
  HANDSHAKE_FAILED(4),
  OVERLOADED(5),
  INTERNAL(6),
  CERTIFICATE_EXPIRED(7),
  UNAUTHORIZED(8),
  REVOKED(9);

  private final int number;

  Alert(int number) {
    this.number = number;
  }

  public int number() {
    return number;
  }

  /** {@return the complete frame that carries this alert} */
  public Bytes frame() {
    return Bytes.copyOf(FrameType.ALERT.encode(new byte[] {(byte) number}));
  }

  /** {@return the name of an alert that a peer sent, also of a number that we do not know} */
  public static String describe(int number) {
    for (Alert alert : values()) {
      if (alert.number == number) {
        return alert.name();
      }
    }
    return "alert " + number;
  }
}
