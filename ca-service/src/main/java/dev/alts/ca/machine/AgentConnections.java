package dev.alts.ca.machine;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import java.net.SocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.stereotype.Component;

/**
 * Connections by where they come from, so that one can be ended as a whole: gRPC ends calls, and
 * what a caller does not read stays in memory with its connection. Thread-safe.
 */
@Component
class AgentConnections {
  private final Map<SocketAddress, Channel> open = new ConcurrentHashMap<>();

  /** {@return a channel to listen with, whose connections are known here} */
  ServerChannel listening() {
    ServerChannel listening = new EpollServerSocketChannel();
    listening.pipeline().addFirst(new Accepted());
    return listening;
  }

  /** Ends the connection that comes from there, if it is still open. */
  void cut(SocketAddress remote) {
    Channel connection = open.get(remote);
    if (connection != null) {
      // Below gRPC, which would first wait for what the other end does not read.
      connection.eventLoop().execute(() -> connection.unsafe().close(connection.voidPromise()));
    }
  }

  /** {@return how many connections there are, those that have yet to show who they are included} */
  int count() {
    return open.size();
  }

  private void know(Channel connection) {
    SocketAddress remote = connection.remoteAddress();
    open.put(remote, connection);
    var _ = connection.closeFuture().addListener(closed -> open.remove(remote, connection));
  }

  /** What a listening channel reads are connections. */
  private final class Accepted extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      if (message instanceof Channel connection) {
        know(connection);
      }
      context.fireChannelRead(message);
    }
  }
}
