package dev.alts.netty;

import dev.alts.endpoint.ConnectionControl;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How the endpoint ends a Netty channel; from any thread. */
record ChannelControl(Channel channel) implements ConnectionControl {
  private static final Logger log = LoggerFactory.getLogger(ChannelControl.class);

  /**
   * Closes from the end of the pipeline, where HTTP/2 makes it a GOAWAY and lets running calls
   * finish; what has not finished after {@code grace} is cut.
   */
  @Override
  public void replaceSoon(String reason, Duration grace) {
    log.info("channel to be replaced peer={} reason=\"{}\"", channel.remoteAddress(), reason);
    ChannelFuture unused = channel.close();
    Future<?> alarm =
        channel
            .eventLoop()
            .schedule(() -> cut(reason, false), grace.toMillis(), TimeUnit.MILLISECONDS);
    // The grace may be a day, and a closed channel must not be kept for so long. What close()
    // returned is no sign of that: gRPC completes it as soon as its GOAWAY is written.
    channel.closeFuture().addListener(closed -> alarm.cancel(false));
  }

  @Override
  public void replaceAfter(Duration delay, String reason, Duration grace) {
    Future<?> unused =
        channel
            .eventLoop()
            .schedule(() -> replaceSoon(reason, grace), delay.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void cut(String reason) {
    log.info("channel cut peer={} reason=\"{}\"", channel.remoteAddress(), reason);
    try {
      channel.eventLoop().execute(() -> cut(reason, true));
    } catch (RejectedExecutionException over) {
      // its event loop has ended, and closed its channels with it
      log.debug("channel to cut is closed already", over);
    }
  }

  /** Closes at the network's end of the pipeline: nothing above can delay it. */
  private void cut(String reason, boolean peerRefused) {
    ChannelHandlerContext frames = channel.pipeline().context(AltsFrameHandler.class);
    if (frames != null && frames.handler() instanceof AltsFrameHandler handler) {
      handler.cut(frames, reason, peerRefused);
    }
    ChannelHandlerContext first = channel.pipeline().firstContext();
    ChannelFuture unused = first == null ? channel.close() : first.close();
  }
}
