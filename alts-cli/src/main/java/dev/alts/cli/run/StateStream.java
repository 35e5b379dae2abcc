package dev.alts.cli.run;

import io.grpc.stub.ServerCallStreamObserver;
import java.util.function.BiFunction;

/** One stream to the program: the state at once and after every change, the latest to the slow. */
final class StateStream<T> {
  private final ServerCallStreamObserver<T> observer;
  private final Served served;
  private final BiFunction<Served.State, Long, T> message;
  private final Runnable changed = this::send;
  private long sequence;
  private Served.State last;

  @SuppressWarnings("NullAway.Init") // nothing was sent yet
  private StateStream(
      ServerCallStreamObserver<T> observer,
      Served served,
      BiFunction<Served.State, Long, T> message) {
    this.observer = observer;
    this.served = served;
    this.message = message;
  }

  /** Opens it; to be called while the call is being started. */
  static <T> void open(
      ServerCallStreamObserver<T> observer,
      Served served,
      BiFunction<Served.State, Long, T> message) {
    StateStream<T> stream = new StateStream<>(observer, served, message);
    observer.setOnReadyHandler(stream.changed);
    observer.setOnCancelHandler(() -> served.removeListener(stream.changed));
    served.onChange(stream.changed);
    stream.send();
  }

  private synchronized void send() {
    Served.State state = served.now();
    if (!state.equals(last) && observer.isReady() && !observer.isCancelled()) {
      last = state;
      observer.onNext(message.apply(state, ++sequence));
    }
  }
}
