package dev.alts.ca.federation.publish;

import dev.alts.ca.endpoint.StrangerLimit;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.timeout.ReadTimeoutHandler;
import io.netty.handler.timeout.WriteTimeoutHandler;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Serves documents over HTTPS to whoever asks: GET and HEAD, from memory. Connections, headers,
 * times and requests by source are bounded. Thread-safe.
 */
public final class PublicPort implements AutoCloseable {
  private static final int MAX_CONNECTIONS = 512;
  private static final int BACKLOG = 128;
  private static final int MAX_LINE = 2048;
  private static final int MAX_HEADERS = 8 * 1024;
  private static final int CHUNK = 8 * 1024;
  private static final Duration IDLE = Duration.ofSeconds(10);

  /** A byte now and then is no reason to stay. */
  private static final Duration LONGEST_LIFE = Duration.ofMinutes(1);

  private final Channel listening;
  private final ChannelGroup connections;

  private PublicPort(Channel listening, ChannelGroup connections) {
    this.listening = listening;
    this.connections = connections;
  }

  /**
   * What is served and to whom.
   *
   * @param documents by path; asked for each request
   * @param limit of requests by source
   */
  public record Content(Supplier<Map<String, Representation>> documents, StrangerLimit limit) {}

  /**
   * {@return a port that listens}
   *
   * @param tls asked for each connection
   * @throws IllegalStateException if it cannot listen there
   */
  public static PublicPort listen(
      EventLoopGroup loops, InetSocketAddress address, Supplier<SslContext> tls, Content content) {
    ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(loops)
            .channel(NioServerSocketChannel.class)
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    if (connections.size() >= MAX_CONNECTIONS) {
                      var _ = channel.close();
                      return;
                    }
                    connections.add(channel);
                    hangUpOnTheSlow(channel);
                    SslHandler handler = tls.get().newHandler(channel.alloc());
                    handler.setHandshakeTimeoutMillis(IDLE.toMillis());
                    channel
                        .pipeline()
                        .addLast(new ReadTimeoutHandler((int) IDLE.toSeconds()))
                        .addLast(new WriteTimeoutHandler((int) IDLE.toSeconds()))
                        .addLast(handler)
                        .addLast(new HttpServerCodec(MAX_LINE, MAX_HEADERS, CHUNK))
                        .addLast(new HttpObjectAggregator(0, true))
                        .addLast(new DocumentHandler(content));
                  }
                });
    try {
      return new PublicPort(bootstrap.bind(address).sync().channel(), connections);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while a port was opened", e);
    }
  }

  private static void hangUpOnTheSlow(Channel channel) {
    Runnable hangUp =
        () -> {
          var _ = channel.close();
        };
    var end = channel.eventLoop().schedule(hangUp, LONGEST_LIFE.toSeconds(), TimeUnit.SECONDS);
    var _ = channel.closeFuture().addListener(closed -> end.cancel(false));
  }

  /** {@return where it listens} */
  public int port() {
    return ((InetSocketAddress) listening.localAddress()).getPort();
  }

  @Override
  public void close() {
    listening.close().awaitUninterruptibly();
    connections.close().awaitUninterruptibly();
  }
}
