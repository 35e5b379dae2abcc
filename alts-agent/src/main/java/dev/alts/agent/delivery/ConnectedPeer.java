package dev.alts.agent.delivery;

import dev.alts.agent.attestation.PeerLostException;
import dev.alts.agent.attestation.PeerProcess;
import dev.alts.agent.attestation.TcpPeer;
import io.netty.channel.Channel;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.PeerCredentials;
import java.io.IOException;

/** Whoever made a connection, as far as the kernel says. */
interface ConnectedPeer {
  /** {@return its user} Cheap. */
  int uid() throws PeerLostException;

  /** {@return the process} The caller closes it. */
  PeerProcess process() throws PeerLostException;

  /** {@return the other end of {@code channel}} */
  static ConnectedPeer of(Channel channel) throws PeerLostException {
    return switch (channel) {
      case EpollDomainSocketChannel unix -> of(unix);
      case EpollSocketChannel tcp -> of(tcp);
      default -> throw new PeerLostException("a connection of an unknown kind");
    };
  }

  private static ConnectedPeer of(EpollDomainSocketChannel channel) throws PeerLostException {
    PeerCredentials peer;
    try {
      peer = channel.peerCredentials();
    } catch (IOException e) {
      throw new PeerLostException("peer process: it has gone (%s)".formatted(e.getMessage()));
    }
    return new ConnectedPeer() {
      @Override
      public int uid() {
        return peer.uid();
      }

      @Override
      public PeerProcess process() throws PeerLostException {
        return PeerProcess.of(channel.fd().intValue(), peer.pid(), peer.uid(), peer.gids()[0]);
      }
    };
  }

  private static ConnectedPeer of(EpollSocketChannel channel) throws PeerLostException {
    if (channel.remoteAddress() == null || channel.localAddress() == null) {
      throw new PeerLostException("peer process: it has hung up");
    }
    TcpPeer peer =
        new TcpPeer(channel.fd().intValue(), channel.remoteAddress(), channel.localAddress());
    return new ConnectedPeer() {
      @Override
      public int uid() throws PeerLostException {
        return peer.uid();
      }

      @Override
      public PeerProcess process() throws PeerLostException {
        return peer.process();
      }
    };
  }
}
