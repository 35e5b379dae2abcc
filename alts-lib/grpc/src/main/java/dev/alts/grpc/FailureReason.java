package dev.alts.grpc;

import dev.alts.credentials.CredentialsUnavailableException;
import dev.alts.frame.Alert;
import dev.alts.frame.AltsProtocolException;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;

/** Why a handshake failed, in one word of a closed set, for counters. */
final class FailureReason {
  // deeper than our own chains; a chain may be circular
  private static final int MAX_CAUSES = 8;

  private FailureReason() {}

  static String of(Throwable failure) {
    Throwable cause = failure;
    for (int i = 0; i < MAX_CAUSES && cause != null; i++) {
      if (cause instanceof AltsProtocolException refused) {
        return of(refused);
      }
      if (cause instanceof CredentialsUnavailableException) {
        return "no_credentials";
      }
      cause = cause.getCause();
    }
    return failure instanceof IOException ? "connection_lost" : "other";
  }

  private static String of(AltsProtocolException refused) {
    Optional<Alert> sent = refused.alert();
    if (sent.isPresent()) {
      return sent.get().name().toLowerCase(Locale.ROOT);
    }
    // a number that we do not know is the peer's invention, and would be a counter each
    for (Alert received : Alert.values()) {
      if (received.number() == refused.receivedAlert()) {
        return "received_" + received.name().toLowerCase(Locale.ROOT);
      }
    }
    return "received_unknown";
  }
}
