package dev.alts.cli.ca;

import java.net.URI;

/** Where the CA's REST interface is: a host and a port. */
public record CaAddress(String host, int port) {
  /** Port of the REST interface unless the CA is told another. */
  public static final int DEFAULT_PORT = 7444;

  public CaAddress {
    if (host.isEmpty() || port < 1 || port > 65_535) {
      throw new IllegalArgumentException(
          "CA address: \"%s:%d\" (expected: HOST:PORT)".formatted(host, port));
    }
  }

  /**
   * {@return the address that {@code text} is: HOST, HOST:PORT or [IPV6]:PORT}
   *
   * @throws IllegalArgumentException if it is none
   */
  public static CaAddress parse(String text) {
    int colon = text.lastIndexOf(':');
    if (colon < 0 || text.endsWith("]")) {
      return new CaAddress(text, DEFAULT_PORT);
    }
    try {
      return new CaAddress(text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "CA address: \"%s\" (expected: HOST:PORT)".formatted(text), e);
    }
  }

  /** {@return the URI of {@code pathAndQuery}, which starts with a slash and is encoded} */
  public URI resolve(String pathAndQuery) {
    return URI.create("https://" + this + pathAndQuery);
  }

  @Override
  public String toString() {
    return host + ":" + port;
  }
}
