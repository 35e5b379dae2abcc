package dev.alts.netty;

import dev.alts.frame.Alert;
import dev.alts.frame.AltsProtocolException;
import dev.alts.handshake.HandshakeBudget;
import dev.alts.handshake.HandshakeStep;
import dev.alts.handshake.HandshakeStep.AwaitPeer;
import dev.alts.handshake.HandshakeStep.Established;
import dev.alts.handshake.HandshakeStep.Send;
import dev.alts.handshake.Handshaker;
import dev.alts.identity.Bytes;
import dev.alts.netty.FrameCutter.Cut;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does the ALTS handshake on a channel, then fires {@link AltsHandshakeCompletion} and leaves an
 * {@link AltsFrameHandler} in its place. Until then nothing may be written through it.
 *
 * <p>Only whole frames leave the event loop, for {@link HandshakeExecutor}; while one is computed
 * there the channel is not read, so a peer can make us hold one frame and one read, no more. After
 * a failure the peer gets its alert, and {@link LastWordsHandler} sees the channel out.
 *
 * <p>One instance per channel, confined to its event loop. Owns every buffer that it is given.
 */
public final class AltsHandshakeHandler extends ChannelDuplexHandler {
  private static final Logger log = LoggerFactory.getLogger(AltsHandshakeHandler.class);
  private static final Duration PATIENCE_AFTER_FAILED_WRITE = Duration.ofMillis(500);

  private enum Phase {
    NOT_STARTED,
    /** Another thread has the handshaker. */
    COMPUTING,
    AWAITING_PEER,
    ENDED
  }

  private final ConnectionEnd end;
  private final Duration longest;
  private final FrameCutter frames = new FrameCutter();
  private Phase phase = Phase.NOT_STARTED;
  private @Nullable Handshaker handshaker;
  private @Nullable Future<?> deadline;

  AltsHandshakeHandler(ConnectionEnd end) {
    this(end, HandshakeBudget.HANDSHAKE_TIMEOUT);
  }

  AltsHandshakeHandler(ConnectionEnd end, Duration longest) {
    this.end = end;
    this.longest = longest;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    if (ctx.channel().isActive()) {
      // later, since an initializer may still be adding the handlers that want to hear of a failure
      ctx.executor().execute(() -> begin(ctx));
    }
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    begin(ctx);
    ctx.fireChannelActive();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (!(message instanceof ByteBuf bytes) || phase == Phase.ENDED) {
      ReferenceCountUtil.release(message);
      return;
    }
    frames.add(ctx.alloc(), bytes);
    handOn(ctx);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    // read together with the end of the connection, and nobody will hand it on any more
    OptionalInt alert = phase == Phase.COMPUTING ? frames.waitingAlert() : OptionalInt.empty();
    fail(
        ctx,
        alert.isPresent()
            ? AltsProtocolException.receivedAlert(alert.getAsInt())
            : new AltsHandshakeException("the peer hung up"));
    ctx.fireChannelInactive();
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    // it would go out unprotected
    ReferenceCountUtil.release(message);
    promise.tryFailure(new IllegalStateException("write: handshake not complete"));
  }

  @Override
  public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
    finish();
    var unused = ctx.close(promise);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    fail(ctx, cause);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    finish();
  }

  private void begin(ChannelHandlerContext ctx) {
    if (phase != Phase.NOT_STARTED || !ctx.channel().isActive()) {
      return;
    }
    phase = Phase.COMPUTING;
    if (end.isServer()) {
      startDeadline(ctx);
    }
    ctx.channel().config().setAutoRead(false);
    // a failed write must not close the channel before we have read why the peer hung up
    ctx.channel().config().setAutoClose(false);
    if (!end.admit(ctx.channel(), () -> onEventLoop(ctx, () -> dropped(ctx), () -> {}))) {
      fail(ctx, new AltsProtocolException(Alert.OVERLOADED, "handshake budget exhausted"));
      return;
    }
    // may wait for the agent's first snapshot: on no event loop, and on none of the few threads
    // that other handshakes compute on
    Thread unused = Thread.ofVirtual().name("alts-credentials-wait").start(() -> start(ctx));
  }

  private void start(ChannelHandlerContext ctx) {
    try {
      Handshaker created = end.newHandshaker();
      onEventLoop(ctx, () -> started(ctx, created), created::close);
    } catch (RuntimeException unavailable) {
      onEventLoop(ctx, () -> fail(ctx, unavailable), () -> {});
    }
  }

  private void started(ChannelHandlerContext ctx, Handshaker created) {
    if (phase == Phase.ENDED) {
      created.close();
      return;
    }
    if (!end.isServer()) {
      // how long a client waits for its own credentials is for their source to say
      startDeadline(ctx);
    }
    handshaker = created;
    compute(ctx, created, created::start);
  }

  private void handOn(ChannelHandlerContext ctx) {
    while (phase == Phase.AWAITING_PEER) {
      Optional<Cut> next = frames.next();
      if (next.isEmpty()) {
        return;
      }
      // handshake frames are small and few, and cross threads: copied to the heap
      ByteBuf bytes = next.get().bytes();
      int count = bytes.readableBytes();
      // One byte more where more came: the handshaker leaves it alone, but behind
      // RESUMPTION_REJECTED
      // nothing may come, and only the handshaker knows which frame this is (section 6).
      byte[] copy = new byte[count + (next.get().moreBehind() ? 1 : 0)];
      bytes.readBytes(copy, 0, count).release();
      receive(ctx, ByteBuffer.wrap(copy), next.get());
    }
  }

  private void receive(ChannelHandlerContext ctx, ByteBuffer bytes, Cut cut) {
    Handshaker current = handshaker;
    if (current == null) {
      throw new AssertionError("awaiting the peer without a handshaker");
    }
    // An alert is read here and now: behind it comes the end of the connection, which epoll reports
    // even on a channel that is not read, and which would overtake it on its way through threads.
    if (cut.endsFrame() && !cut.isAlert()) {
      compute(ctx, current, () -> current.receive(bytes));
      return;
    }
    try {
      HandshakeStep step = current.receive(bytes);
      if (!(step instanceof AwaitPeer)) {
        throw new AssertionError("step before the frame is complete: " + step);
      }
    } catch (AltsProtocolException e) {
      fail(ctx, e);
    }
  }

  private interface Computation {
    HandshakeStep run() throws AltsProtocolException;
  }

  private void compute(ChannelHandlerContext ctx, Handshaker current, Computation computation) {
    phase = Phase.COMPUTING;
    ctx.channel().config().setAutoRead(false);
    HandshakeExecutor.shared()
        .execute(() -> {
          try {
            HandshakeStep step = computation.run();
            onEventLoop(ctx, () -> computed(ctx, current, step), () -> discard(current, step));
          } catch (AltsProtocolException | RuntimeException e) {
            onEventLoop(ctx, () -> failed(ctx, current, e), current::close);
          }
        });
  }

  private void failed(ChannelHandlerContext ctx, Handshaker current, Exception cause) {
    if (phase == Phase.ENDED) {
      current.close();
      return;
    }
    phase = Phase.AWAITING_PEER;
    fail(ctx, cause);
  }

  private void computed(ChannelHandlerContext ctx, Handshaker current, HandshakeStep step) {
    if (phase == Phase.ENDED) {
      discard(current, step);
      return;
    }
    phase = Phase.AWAITING_PEER;
    switch (step) {
      case AwaitPeer await -> awaitPeer(ctx);
      case Send send -> {
        send(ctx, send.flight());
        awaitPeer(ctx);
      }
      case Established established -> establish(ctx, established);
    }
  }

  private static void discard(Handshaker handshaker, HandshakeStep step) {
    handshaker.close();
    if (step instanceof Established established) {
      established.keys().close();
    }
  }

  private void awaitPeer(ChannelHandlerContext ctx) {
    ctx.channel().config().setAutoRead(true);
    handOn(ctx);
  }

  private void send(ChannelHandlerContext ctx, Bytes flight) {
    ctx.writeAndFlush(Unpooled.wrappedBuffer(flight.asByteBuffer()))
        .addListener(
            (ChannelFutureListener)
                written -> {
                  if (!written.isSuccess() && phase != Phase.ENDED) {
                    // the peer may have said why before it hung up (section 9)
                    Future<?> unused = later(ctx, PATIENCE_AFTER_FAILED_WRITE, written.cause());
                  }
                });
  }

  private void establish(ChannelHandlerContext ctx, Established established) {
    AltsFrameHandler protectedFrames;
    try {
      protectedFrames = end.establish(ctx.channel(), established);
    } catch (AltsProtocolException e) {
      established.keys().close();
      fail(ctx, e);
      return;
    }
    ctx.channel().config().setAutoClose(true);
    if (!established.lastFlight().isEmpty()) {
      send(ctx, established.lastFlight());
    }
    ByteBuf rest = frames.takeRest();
    finish();
    ctx.pipeline().addAfter(ctx.name(), null, protectedFrames);
    // first of all out of the way of what is written when the event comes; this context still leads
    // to the next handler
    ctx.pipeline().remove(this);
    ctx.fireUserEventTriggered(
        new AltsHandshakeCompletion(established.peer(), established.keys().exporter()));
    if (rest.isReadable()) {
      ctx.fireChannelRead(rest);
      ctx.fireChannelReadComplete();
    } else {
      rest.release();
    }
    ctx.channel().config().setAutoRead(true);
  }

  private void dropped(ChannelHandlerContext ctx) {
    fail(ctx, new AltsProtocolException(Alert.OVERLOADED, "dropped in favour of other sources"));
  }

  /** Ends the handshake: the local side hears the reason, the peer its alert. */
  private void fail(ChannelHandlerContext ctx, Throwable cause) {
    if (phase == Phase.ENDED) {
      return;
    }
    AltsHandshakeException failure = HandshakeFailures.describe(ctx, frames, cause);
    Optional<ByteBuf> lastWords = HandshakeFailures.lastWords(end, frames, cause);
    finish();
    FailureLog.OF_THIS_PROCESS.record(failure);
    if (lastWords.isPresent() && ctx.channel().isActive()) {
      ctx.pipeline().replace(this, null, new LastWordsHandler(lastWords.get()));
      ctx.fireExceptionCaught(failure);
      return;
    }
    lastWords.ifPresent(ByteBuf::release);
    ctx.fireExceptionCaught(failure);
    var unused = ctx.close();
  }

  /** Gives back what the handshake holds; a handshaker that computes is closed when it is back. */
  private void finish() {
    if (phase == Phase.ENDED) {
      return;
    }
    if (phase != Phase.COMPUTING && handshaker != null) {
      handshaker.close();
    }
    phase = Phase.ENDED;
    frames.release();
    if (deadline != null) {
      deadline.cancel(false);
    }
  }

  private void startDeadline(ChannelHandlerContext ctx) {
    deadline = later(ctx, longest, new AltsHandshakeException("not complete within " + longest));
  }

  private Future<?> later(ChannelHandlerContext ctx, Duration pause, Throwable failure) {
    return ctx.executor()
        .schedule(() -> fail(ctx, failure), pause.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static void onEventLoop(ChannelHandlerContext ctx, Runnable task, Runnable otherwise) {
    try {
      ctx.executor().execute(task);
    } catch (RejectedExecutionException shuttingDown) {
      log.debug("handshake result came after the event loop's end", shuttingDown);
      otherwise.run();
    }
  }
}
