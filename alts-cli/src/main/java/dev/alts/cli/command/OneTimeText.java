package dev.alts.cli.command;

import java.util.List;

/** How a token or code that works once is shown to a person. */
final class OneTimeText {
  private OneTimeText() {}

  static List<String> lines(String secret, String expiresAt, String use) {
    return List.of(secret, "", "It works once, until %s.".formatted(expiresAt), use);
  }
}
