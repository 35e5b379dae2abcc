package dev.alts.netty;

import dev.alts.frame.AltsProtocolException;
import dev.alts.handshake.HandshakeStep.Established;
import dev.alts.handshake.Handshaker;
import io.netty.channel.Channel;

/** What one handshake on one channel is about; one instance per channel. */
interface ConnectionEnd {
  boolean isServer();

  /**
   * {@return whether there is room for one more handshake} The room is given back when the
   * handshake is complete or the channel closes.
   *
   * @param drop ends this handshake in favour of others; may come from any thread
   */
  boolean admit(Channel channel, Runnable drop);

  /** {@return the handshaker of this connection} May wait for the first credentials. */
  Handshaker newHandshaker();

  /**
   * Puts the channel in the register of open channels and evaluates it then (handshake.md section
   * 7).
   *
   * @return the handler that protects what follows; it owns the keys
   * @throws AltsProtocolException if the peer has been revoked meanwhile
   */
  AltsFrameHandler establish(Channel channel, Established established) throws AltsProtocolException;
}
