package dev.alts.netty;

import dev.alts.endpoint.ClientEndpoint;
import dev.alts.endpoint.ServerEndpoint;

/** Handlers that make a Netty channel an ALTS channel. */
public final class AltsChannels {
  private AltsChannels() {}

  /**
   * {@return the handler for a channel that connects to {@code target}} Put it first in the
   * pipeline, with {@link EndOfData#MARKED} unless the protocol above marks its own end.
   */
  public static AltsHandshakeHandler client(
      ClientEndpoint endpoint, String target, EndOfData endOfData) {
    return new AltsHandshakeHandler(new ClientEnd(endpoint, target, endOfData));
  }

  /** {@return the handler for an accepted channel} Put it first in the pipeline. */
  public static AltsHandshakeHandler server(ServerEndpoint endpoint, EndOfData endOfData) {
    return new AltsHandshakeHandler(new ServerEnd(endpoint, endOfData));
  }
}
