package dev.alts.soak;

import dev.alts.endpoint.ClientEndpoint;
import dev.alts.netty.AltsChannels;
import dev.alts.netty.AltsHandshakeCompletion;
import dev.alts.netty.EndOfData;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.flush.FlushConsolidationHandler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** An echo server over the Netty adapter, and its clients; each write is a record. */
final class NettyEcho implements AutoCloseable {
  private static final int SECONDS = 60;
  private static final int FLUSHES_TOGETHER = 256;
  private static final int BYTES_UNDER_WAY = 64 * 1024;
  private static final int SMALL_BYTES = 32;
  private static final int LARGE_BYTES = 40_000;
  private static final int LARGE_EVERY = 1_000;

  private final boolean epoll = Epoll.isAvailable();
  private final EventLoopGroup threads =
      new MultiThreadIoEventLoopGroup(2, epoll ? EpollIoHandler.newFactory() : nio());
  private final Channel listener;

  NettyEcho(Cast cast) throws InterruptedException {
    listener =
        new ServerBootstrap()
            .group(threads)
            .channel(epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel
                        .pipeline()
                        .addLast(new FlushConsolidationHandler(FLUSHES_TOGETHER, true))
                        .addLast(AltsChannels.server(cast.server, EndOfData.KNOWN_ABOVE))
                        .addLast(new Echo());
                  }
                })
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .sync()
            .channel();
  }

  private static IoHandlerFactory nio() {
    return NioIoHandler.newFactory();
  }

  InetSocketAddress address() {
    return (InetSocketAddress) listener.localAddress();
  }

  /** Connects, has one message echoed and closes; {@return why that failed, or empty} */
  String visit(ClientEndpoint endpoint, int number) throws Exception {
    Client client = connect(endpoint, number);
    try {
      AltsHandshakeCompletion unused = client.established.get(SECONDS, TimeUnit.SECONDS);
      client.send(SMALL_BYTES);
      client.awaitEchoes(SMALL_BYTES);
      return "";
    } catch (java.util.concurrent.ExecutionException e) {
      return String.valueOf(e.getCause().getMessage());
    } finally {
      client.channel.close().await(SECONDS, TimeUnit.SECONDS);
    }
  }

  /** Has {@code count} records echoed on one connection. */
  void stream(ClientEndpoint endpoint, int count) throws Exception {
    Client client = connect(endpoint, count);
    AltsHandshakeCompletion unused = client.established.get(SECONDS, TimeUnit.SECONDS);
    long sent = 0;
    for (int i = 1; i <= count; i++) {
      int bytes = i % LARGE_EVERY == 0 ? LARGE_BYTES : SMALL_BYTES;
      if (!client.underWay.tryAcquire(bytes, SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionError("no echo any more", client.failure);
      }
      client.send(bytes);
      sent += bytes;
    }
    client.awaitEchoes(sent);
    client.channel.close().await(SECONDS, TimeUnit.SECONDS);
  }

  @Override
  public void close() throws InterruptedException {
    listener.close().sync();
    threads.shutdownGracefully(0, 2, TimeUnit.SECONDS).await(10, TimeUnit.SECONDS);
  }

  private Client connect(ClientEndpoint endpoint, int number) throws InterruptedException {
    Client client = new Client();
    client.channel =
        new Bootstrap()
            .group(threads)
            .channel(epoll ? EpollSocketChannel.class : NioSocketChannel.class)
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel
                        .pipeline()
                        .addLast(new FlushConsolidationHandler(FLUSHES_TOGETHER, true))
                        .addLast(AltsChannels.client(endpoint, Cast.TARGET, EndOfData.KNOWN_ABOVE))
                        .addLast(client);
                  }
                })
            .connect(address(), Loopbacks.source(number))
            .sync()
            .channel();
    return client;
  }

  private static final class Client extends ChannelInboundHandlerAdapter {
    private final CompletableFuture<AltsHandshakeCompletion> established =
        new CompletableFuture<>();
    private final Semaphore underWay = new Semaphore(BYTES_UNDER_WAY);
    private final AtomicLong echoed = new AtomicLong();
    private volatile Throwable failure;
    private Channel channel;

    void send(int bytes) {
      channel
          .eventLoop()
          .execute(() -> channel.writeAndFlush(channel.alloc().buffer(bytes).writeZero(bytes)));
    }

    void awaitEchoes(long bytes) throws InterruptedException {
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
      synchronized (echoed) {
        while (echoed.get() < bytes) {
          if (failure != null || System.nanoTime() > end) {
            throw new AssertionError("%d of %d bytes".formatted(echoed.get(), bytes), failure);
          }
          echoed.wait(1_000);
        }
      }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ByteBuf record = (ByteBuf) message;
      int bytes = record.readableBytes();
      record.release();
      underWay.release(bytes);
      synchronized (echoed) {
        echoed.addAndGet(bytes);
        echoed.notifyAll();
      }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (event instanceof AltsHandshakeCompletion completion) {
        established.complete(completion);
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      failure = cause;
      established.completeExceptionally(cause);
    }
  }

  private static final class Echo extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ctx.writeAndFlush(message);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      // hostile peers are part of the play
      ctx.close();
    }
  }
}
