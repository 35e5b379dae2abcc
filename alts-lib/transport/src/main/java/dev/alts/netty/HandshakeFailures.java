package dev.alts.netty;

import dev.alts.frame.Alert;
import dev.alts.frame.AltsProtocolException;
import dev.alts.identity.Bytes;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import java.util.Optional;

/** What is said about a failed handshake: everything to our own side, an alert to the peer. */
final class HandshakeFailures {
  private HandshakeFailures() {}

  static AltsHandshakeException describe(
      ChannelHandlerContext ctx, FrameCutter frames, Throwable cause) {
    String reason =
        frames
            .foreignProtocol()
            .map(foreign -> "the peer speaks " + foreign.description() + ", not ALTS")
            .orElseGet(() -> String.valueOf(cause.getMessage()));
    return new AltsHandshakeException(
        "ALTS handshake with %s failed: %s".formatted(ctx.channel().remoteAddress(), reason),
        cause);
  }

  /** {@return what to write before half-closing; empty: nothing, close at once} */
  static Optional<ByteBuf> lastWords(ConnectionEnd end, FrameCutter frames, Throwable cause) {
    if (end.isServer()) {
      Optional<ByteBuf> understood = frames.foreignProtocol().flatMap(ForeignProtocol::answer);
      if (understood.isPresent()) {
        return understood;
      }
    }
    Optional<Bytes> alert =
        switch (cause) {
          case AltsProtocolException refused -> refused.alertFrame();
          // the channel itself failed, or the peer is silent: nobody to talk to
          case java.io.IOException lost -> Optional.empty();
          // ours: no credentials, or a defect
          default -> Optional.of(Alert.INTERNAL.frame());
        };
    return alert.map(frame -> Unpooled.wrappedBuffer(frame.asByteBuffer()));
  }
}
