package dev.alts.handshake;

import dev.alts.frame.Alert;
import dev.alts.frame.AltsProtocolException;

/** Tells a refusal from an accident: handshakers report unforeseen exceptions as INTERNAL. */
final class Refusals {
  private Refusals() {}

  static void requireDeliberate(AltsProtocolException refused) {
    if (refused.alert().filter(Alert.INTERNAL::equals).isPresent()) {
      throw new AssertionError("unforeseen: " + refused.getMessage(), refused);
    }
  }
}
