package dev.alts.soak;

import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/**
 * Addresses of this machine to connect from: of one address alone, more connections than it has
 * ports would still be in TIME_WAIT.
 */
final class Loopbacks {
  private static final int ADDRESSES = 100;

  private Loopbacks() {}

  static InetSocketAddress source(int number) {
    try {
      byte[] address = {127, 0, 1, (byte) (1 + number % ADDRESSES)};
      return new InetSocketAddress(InetAddress.getByAddress(address), 0);
    } catch (UnknownHostException e) {
      throw new UncheckedIOException(e);
    }
  }
}
