package dev.alts.frame;

import dev.alts.identity.Bytes;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The connection must end: the peer sent something malformed, forged or out of turn, was refused,
 * or ended it itself by an alert.
 *
 * <p>The message is the precise reason, for the own log: one printable line, however much of it is
 * the peer's text (abuse-6). The peer is told the {@link #alert} only.
 */
public final class AltsProtocolException extends Exception {
  private static final long serialVersionUID = 1L;

  private static final int MAX_REASON = 500;

  private final @Nullable Alert alert;
  private final int receivedAlert;

  private AltsProtocolException(
      @Nullable Alert alert, int receivedAlert, String reason, @Nullable Throwable cause) {
    super(oneLine(reason), cause);
    this.alert = alert;
    this.receivedAlert = receivedAlert;
  }

  public AltsProtocolException(Alert alert, String reason) {
    this(alert, 0, reason, null);
  }

  public AltsProtocolException(Alert alert, String reason, Throwable cause) {
    this(alert, 0, reason, cause);
  }

  /** {@return the end that a received alert puts to the connection; it is not answered} */
  public static AltsProtocolException receivedAlert(int number) {
    return new AltsProtocolException(
        null, number, "peer ended the handshake: " + Alert.describe(number), null);
  }

  /** {@return the end of a channel that is past its handshake, when alerts are no longer sent} */
  public static AltsProtocolException inRecords(String reason) {
    return new AltsProtocolException(null, 0, reason, null);
  }

  /** {@return the alert to send; empty if the peer ended the connection itself} */
  public Optional<Alert> alert() {
    return Optional.ofNullable(alert);
  }

  /** {@return the frame to write before half-closing; empty if there is nothing to say} */
  public Optional<Bytes> alertFrame() {
    return alert().map(Alert::frame);
  }

  /** {@return the number of the alert that the peer sent; 0 if it sent none} */
  public int receivedAlert() {
    return receivedAlert;
  }

  private static String oneLine(String reason) {
    StringBuilder line = new StringBuilder();
    reason
        .codePoints()
        .limit(MAX_REASON)
        .forEach(c -> line.append(c >= ' ' && c < 0x7f ? (char) c : '?'));
    return line.toString();
  }
}
