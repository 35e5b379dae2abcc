package dev.alts.netty;

import dev.alts.endpoint.ClientEndpoint;
import dev.alts.endpoint.ServerEndpoint;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A server that echoes and clients that collect, over real loopback sockets. */
final class Loopback implements AutoCloseable {
  private final EventLoopGroup threads =
      new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
  final Queue<Throwable> serverFailures = new ConcurrentLinkedQueue<>();
  final Queue<Channel> accepted = new ConcurrentLinkedQueue<>();
  private @Nullable Channel listener;

  /** Starts the echo server with the given first handlers. */
  void listen(Supplier<ChannelHandler[]> first) throws InterruptedException {
    listener =
        new ServerBootstrap()
            .group(threads)
            .channel(NioServerSocketChannel.class)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    accepted.add(channel);
                    channel.pipeline().addLast(first.get()).addLast(new Echo());
                  }
                })
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .sync()
            .channel();
  }

  void listen(ServerEndpoint endpoint) throws InterruptedException {
    listen(() -> new ChannelHandler[] {AltsChannels.server(endpoint, EndOfData.MARKED)});
  }

  InetSocketAddress address() {
    if (listener == null) {
      throw new IllegalStateException("not listening");
    }
    return (InetSocketAddress) listener.localAddress();
  }

  Client connect(ChannelHandler... first) throws InterruptedException {
    return connectTo(address(), first);
  }

  /** Connects to a server that is not ours. */
  Client connectTo(InetSocketAddress address, ChannelHandler... first) throws InterruptedException {
    Client client = new Client();
    client.channel =
        new Bootstrap()
            .group(threads)
            .channel(NioSocketChannel.class)
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel.pipeline().addLast(first).addLast(client);
                  }
                })
            .connect(address)
            .sync()
            .channel();
    return client;
  }

  Client connect(ClientEndpoint endpoint) throws InterruptedException {
    return connect(AltsChannels.client(endpoint, "echo.test:1", EndOfData.MARKED));
  }

  @Override
  public void close() throws InterruptedException {
    if (listener != null) {
      listener.close().sync();
    }
    threads.shutdownGracefully(0, 2, TimeUnit.SECONDS).await(5, TimeUnit.SECONDS);
  }

  /** Collects what its channel receives. */
  static final class Client extends ChannelInboundHandlerAdapter {
    final CompletableFuture<AltsHandshakeCompletion> established = new CompletableFuture<>();
    final CompletableFuture<Throwable> failed = new CompletableFuture<>();
    final CompletableFuture<Void> endOfData = new CompletableFuture<>();
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();
    @Nullable Channel channel;

    Channel channel() {
      if (channel == null) {
        throw new IllegalStateException("not connected");
      }
      return channel;
    }

    /** Waits for the handshake. */
    AltsHandshakeCompletion completion() throws Exception {
      return established.get(20, TimeUnit.SECONDS);
    }

    Throwable failure() throws Exception {
      return failed.get(20, TimeUnit.SECONDS);
    }

    void send(byte[] data) {
      channel().writeAndFlush(Unpooled.wrappedBuffer(data));
    }

    synchronized byte[] received() {
      return received.toByteArray();
    }

    byte[] awaitBytes(int count) throws InterruptedException {
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
      synchronized (this) {
        while (received.size() < count && System.nanoTime() < end) {
          wait(1_000);
        }
        return received.toByteArray();
      }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ByteBuf bytes = (ByteBuf) message;
      synchronized (this) {
        received.writeBytes(ByteBufUtil.getBytes(bytes));
        notifyAll();
      }
      bytes.release();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (event instanceof AltsHandshakeCompletion completion) {
        established.complete(completion);
      }
      if (event == AltsChannelEvent.END_OF_DATA) {
        endOfData.complete(null);
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      failed.complete(cause);
      established.completeExceptionally(cause);
    }
  }

  private final class Echo extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ctx.write(message);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
      ctx.flush();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (event == AltsChannelEvent.END_OF_DATA) {
        ctx.channel().close();
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      serverFailures.add(cause);
    }
  }
}
