package dev.alts.grpc.zerocode;

import dev.alts.endpoint.ClientEndpoint;
import dev.alts.netty.AltsChannels;
import dev.alts.netty.AltsHandshakeCompletion;
import dev.alts.netty.EndOfData;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ReflectiveChannelFactory;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Asks a server whether it speaks ALTS, by a handshake on a connection of its own. A server that
 * answers in ALTS speaks it, also if the handshake then fails: who is not the right server must not
 * be spoken to in clear text for it. The ticket of one that succeeds serves the real connection.
 *
 * <p>Confined to the event loop of the connection that it asks for.
 */
final class Probe implements AutoCloseable {
  enum Found {
    ALTS,
    /** It answered otherwise or not at all, or we have no credentials to ask with. */
    NOT_ALTS
  }

  private static final int CONNECT_MILLIS = 5_000;

  private final Consumer<Found> listener;
  private final FirstBytes answer = new FirstBytes();
  private boolean told;
  private boolean closed;
  private @Nullable Channel channel;

  private Probe(Consumer<Found> listener) {
    this.listener = listener;
  }

  /**
   * {@return a probe under way}
   *
   * @param like the connection that waits for the answer; the probe goes to the same address
   * @param listener hears the answer once, on the same event loop
   */
  static Probe start(
      Channel like, ClientEndpoint endpoint, String authority, Consumer<Found> listener) {
    Probe probe = new Probe(listener);
    ChannelFuture connected =
        new Bootstrap()
            .group(like.eventLoop())
            .channelFactory(new ReflectiveChannelFactory<>(like.getClass()))
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel own) {
                    own.pipeline()
                        .addLast(probe.new AnswerHandler())
                        .addLast(AltsChannels.client(endpoint, authority, EndOfData.KNOWN_ABOVE))
                        .addLast(probe.new OutcomeHandler());
                  }
                })
            .connect(like.remoteAddress());
    probe.channel = connected.channel();
    connected.addListener(future -> {
      if (!future.isSuccess()) {
        probe.tell(Found.NOT_ALTS);
      }
    });
    return probe;
  }

  @Override
  public void close() {
    closed = true;
    if (channel != null) {
      var unused = channel.close();
    }
  }

  private void tell(Found found) {
    if (told || closed) {
      return;
    }
    told = true;
    if (channel != null) {
      var unused = channel.close();
    }
    listener.accept(found);
  }

  private void ended() {
    tell(answer.protocol() == FirstBytes.Protocol.ALTS ? Found.ALTS : Found.NOT_ALTS);
  }

  private final class AnswerHandler extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      if (message instanceof ByteBuf bytes) {
        FirstBytes.Protocol unused = answer.add(bytes);
      }
      ctx.fireChannelRead(message);
    }
  }

  private final class OutcomeHandler extends ChannelInboundHandlerAdapter {
    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (event instanceof AltsHandshakeCompletion) {
        tell(Found.ALTS);
        return;
      }
      ctx.fireUserEventTriggered(event);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      // why, the handshake has logged
      ended();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      ended();
      ctx.fireChannelInactive();
    }
  }
}
