package dev.alts.example;

import dev.alts.endpoint.ClientEndpoint;
import dev.alts.netty.AltsChannels;
import dev.alts.netty.AltsHandshakeCompletion;
import dev.alts.netty.EndOfData;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** ALTS on a Netty channel of one's own: the handler goes first in the pipeline. */
final class NettyExample {
  private NettyExample() {}

  // @start region="client"
  static Channel listen(
      EventLoopGroup threads, ClientEndpoint client, String host, int port, Consumer<String> heard)
      throws InterruptedException {
    return new Bootstrap()
        .group(threads)
        .channel(NioSocketChannel.class)
        .handler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel channel) {
                channel
                    .pipeline()
                    .addLast(AltsChannels.client(client, host + ":" + port, EndOfData.MARKED))
                    .addLast(new Listener(heard));
              }
            })
        .connect(host, port)
        .sync()
        .channel();
  }

  private static final class Listener extends SimpleChannelInboundHandler<ByteBuf> {
    private final Consumer<String> heard;

    Listener(Consumer<String> heard) {
      this.heard = heard;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      // from here on the peer is known, and what is written is protected
      if (event instanceof AltsHandshakeCompletion completion) {
        heard.accept("connected to " + completion.peer().id());
      }
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, ByteBuf bytes) {
      heard.accept(bytes.toString(StandardCharsets.UTF_8));
    }
  }
  // @end
}
