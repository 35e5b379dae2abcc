package dev.alts.ca.machine;

import dev.alts.api.machine.v1.MachineGrpc;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * How long a call may take and how many do work at once. Every call but a watch ends in time,
 * whatever the caller asked for: a stalled one holds nothing for ever (abuse cases 29 and 41).
 *
 * <p>Who may work is {@link Admission}'s to say: a watch too, while it is opened.
 */
final class CallLimits implements ServerInterceptor {
  static final Duration LONGEST_CALL = Duration.ofSeconds(30);
  private final ScheduledExecutorService timer;
  private final Duration longestCall;
  private final Admission admission;
  private final Function<Metadata, Duration> timeLeft;

  /**
   * @param timeLeft of the caller of the call that is being handled on this thread, by its headers
   */
  CallLimits(
      ScheduledExecutorService timer,
      Duration longestCall,
      Admission admission,
      Function<Metadata, Duration> timeLeft) {
    this.timer = timer;
    this.longestCall = longestCall;
    this.admission = admission;
    this.timeLeft = timeLeft;
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    if (call.getMethodDescriptor()
        .getFullMethodName()
        .equals(MachineGrpc.getWatchMethod().getFullMethodName())) {
      return bounded(next.startCall(call, headers), headers);
    }
    CloseOnce<Q, A> once = new CloseOnce<>(call);
    ScheduledFuture<?> alarm =
        timer.schedule(
            () ->
                once.close(
                    Status.DEADLINE_EXCEEDED.withDescription("took longer than any call may"),
                    new Metadata()),
            longestCall.toMillis(),
            TimeUnit.MILLISECONDS);
    return new SimpleForwardingServerCallListener<>(
        bounded(next.startCall(once, headers), headers)) {
      @Override
      public void onComplete() {
        alarm.cancel(false);
        super.onComplete();
      }

      @Override
      public void onCancel() {
        alarm.cancel(false);
        super.onCancel();
      }
    };
  }

  private <Q> ServerCall.Listener<Q> bounded(ServerCall.Listener<Q> listener, Metadata headers) {
    return new SimpleForwardingServerCallListener<>(listener) {
      @Override
      public void onMessage(Q message) {
        admission.run(() -> timeLeft.apply(headers), () -> super.onMessage(message));
      }

      @Override
      public void onHalfClose() {
        admission.run(() -> timeLeft.apply(headers), super::onHalfClose);
      }
    };
  }

  /** The alarm and the handler may both close; the first counts. */
  private static final class CloseOnce<Q, A> extends SimpleForwardingServerCall<Q, A> {
    private boolean closed;

    CloseOnce(ServerCall<Q, A> call) {
      super(call);
    }

    @Override
    public synchronized void sendMessage(A message) {
      if (!closed) {
        super.sendMessage(message);
      }
    }

    @Override
    public synchronized void sendHeaders(Metadata headers) {
      if (!closed) {
        super.sendHeaders(headers);
      }
    }

    @Override
    public synchronized void close(Status status, Metadata trailers) {
      if (!closed) {
        closed = true;
        super.close(status, trailers);
      }
    }
  }
}
