package dev.alts.grpc.zerocode;

import dev.alts.handshake.HandshakeBudget;
import dev.alts.report.ConnectionReport;
import dev.alts.report.Direction;
import io.grpc.Status;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.concurrent.Future;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A permissive server's side of a new connection: HTTP/2 in clear text is served and counted, all
 * else has to be ALTS. Until it has said which, a client holds a connection and no handshake slot,
 * and no longer than a handshake may take (abuse-29).
 */
final class FirstBytesHandler extends UndecidedHandler {
  private static final System.Logger log = System.getLogger("dev.alts.grpc.zerocode");

  private final ConnectionReport report;
  private final PermissiveNegotiator.Choice choice;
  private final FirstBytes first = new FirstBytes();
  private @Nullable Future<?> deadline;

  FirstBytesHandler(ConnectionReport report, PermissiveNegotiator.Choice choice) {
    this.report = report;
    this.choice = choice;
  }

  @Override
  void begin(ChannelHandlerContext ctx) {
    deadline =
        ctx.executor()
            .schedule(
                () -> tooLate(ctx),
                HandshakeBudget.HANDSHAKE_TIMEOUT.toMillis(),
                TimeUnit.MILLISECONDS);
    decideIfKnown(ctx, first.protocol());
  }

  @Override
  void received(ChannelHandlerContext ctx, ByteBuf bytes) {
    decideIfKnown(ctx, first.add(bytes));
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    if (deadline != null) {
      deadline.cancel(false);
    }
    super.handlerRemoved(ctx);
  }

  private void decideIfKnown(ChannelHandlerContext ctx, FirstBytes.Protocol protocol) {
    if (!hasBegun()) {
      return;
    }
    switch (protocol) {
      case UNDECIDED -> {}
      case HTTP2_CLIENT -> {
        count(ctx.channel().remoteAddress());
        decide(ctx, choice.clearText());
      }
      // what is neither gets the answer that an ALTS server gives to strange bytes
      case ALTS, HTTP2_SERVER, OTHER -> decide(ctx, choice.alts());
    }
  }

  private void count(SocketAddress client) {
    String name =
        client instanceof InetSocketAddress inet && inet.getAddress() != null
            ? inet.getAddress().getHostAddress()
            : client.toString();
    if (report.clearText(Direction.INCOMING, name)) {
      log.log(Level.WARNING, "ALTS zero-code: client {0} speaks clear text", name);
    }
  }

  private static void tooLate(ChannelHandlerContext ctx) {
    ctx.fireExceptionCaught(
        Status.UNAVAILABLE
            .withDescription("client said nothing within " + HandshakeBudget.HANDSHAKE_TIMEOUT)
            .asRuntimeException());
    var unused = ctx.close();
  }
}
