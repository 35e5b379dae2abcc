package dev.alts.grpc;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import java.nio.charset.StandardCharsets;

/**
 * What a peer that is not accepted any more is told before its connection is cut. Which certificate
 * or policy it was is for the own log.
 */
enum Farewell {
  /** A server has nobody to tell it to: its calls just end. */
  NONE {
    @Override
    void say(ChannelPipeline pipeline) {
      // on purpose nothing
    }
  },
  /** Callers see the text of a GOAWAY in the status of the calls that it ends. */
  GOAWAY {
    @Override
    void say(ChannelPipeline pipeline) {
      ChannelHandlerContext http2 = pipeline.context(Http2ConnectionHandler.class);
      if (http2 == null || !(http2.handler() instanceof Http2ConnectionHandler connection)) {
        return;
      }
      ByteBuf text = Unpooled.copiedBuffer(TEXT, StandardCharsets.US_ASCII);
      // NO_ERROR is UNAVAILABLE to callers: with a newer credential they may come again
      var unused =
          connection.goAway(
              http2,
              connection.connection().remote().lastStreamCreated(),
              Http2Error.NO_ERROR.code(),
              text,
              http2.newPromise());
      http2.flush();
    }
  };

  private static final String TEXT =
      "the server does not accept this client any more (revoked, or against its policy)";

  abstract void say(ChannelPipeline pipeline);
}
