package dev.alts.agent.upstream;

/** Where the CA's Machine API listens. */
public record CaAddress(String host, int port) {

  /**
   * {@return the address that {@code text} is, {@code HOST:PORT}}
   *
   * @throws IllegalArgumentException with a sentence for the operator
   */
  public static CaAddress parse(String text) {
    int colon = text.lastIndexOf(':');
    try {
      int port = Integer.parseInt(text.substring(colon + 1));
      String host = text.substring(0, Math.max(colon, 0)).replace("[", "").replace("]", "");
      if (!host.isEmpty() && port > 0 && port <= 65_535) {
        return new CaAddress(host, port);
      }
    } catch (NumberFormatException notANumber) {
      // Falls through to the one message for all of it.
    }
    throw new IllegalArgumentException("--ca: \"%s\" (expected: HOST:PORT)".formatted(text));
  }

  @Override
  public String toString() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}
