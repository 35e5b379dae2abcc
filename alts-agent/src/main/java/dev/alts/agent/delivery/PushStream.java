package dev.alts.agent.delivery;

import dev.alts.agent.credentials.DomainState;
import dev.alts.agent.credentials.DomainStateSource;
import dev.alts.agent.credentials.LiveCredential;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One stream of complete messages to a process: the first at once, then one for every change that
 * shows. Each message is made anew from the process as it is then, so a process that has changed
 * since gets what it may have now. A slow reader gets the latest message when it is ready and none
 * in between, so it costs one message of memory.
 */
final class PushStream<T> {
  private final ServerCallStreamObserver<T> observer;
  private final Producer<T> producer;
  private final Numbering<T> numbering;
  private final DomainStateSource domain;
  private final Executor executor;
  private final Runnable changed = this::change;
  private final BiConsumer<DomainState, DomainState> domainChanged;
  private final AtomicInteger signals = new AtomicInteger();
  private volatile boolean dirty = true;
  private volatile boolean ended;

  // Touched by work() only, which runs once at a time.
  private Set<LiveCredential> watched = new HashSet<>();
  private @Nullable T last;
  private long sequence;

  /** Makes the message for the process as it is now. */
  interface Producer<T> {
    /**
     * @param watch to be told each credential that the message rests on
     */
    T produce(Consumer<LiveCredential> watch) throws DeliveryException;
  }

  /** Puts a message's number into it. */
  interface Numbering<T> {
    T number(T message, long sequence);
  }

  private PushStream(
      ServerCallStreamObserver<T> observer,
      Producer<T> producer,
      Numbering<T> numbering,
      DomainStateSource domain,
      Executor executor) {
    this.observer = observer;
    this.producer = producer;
    this.numbering = numbering;
    this.domain = domain;
    this.executor = executor;
    this.domainChanged = (before, after) -> change();
  }

  /** Opens the stream; to be called while the call is being started. */
  static <T> void open(
      ServerCallStreamObserver<T> observer,
      Producer<T> producer,
      Numbering<T> numbering,
      DomainStateSource domain,
      Executor executor) {
    PushStream<T> stream = new PushStream<>(observer, producer, numbering, domain, executor);
    observer.setOnReadyHandler(stream::signal);
    observer.setOnCancelHandler(stream::end);
    domain.onUpdate(stream.domainChanged);
    stream.signal();
  }

  private void change() {
    dirty = true;
    signal();
  }

  private void signal() {
    if (signals.getAndIncrement() == 0) {
      executor.execute(this::drain);
    }
  }

  private void drain() {
    int seen;
    do {
      seen = signals.get();
      work();
    } while (signals.addAndGet(-seen) != 0);
  }

  private void work() {
    if (ended) {
      forgetAll();
      return;
    }
    if (!dirty || !observer.isReady()) {
      return;
    }
    dirty = false;
    Set<LiveCredential> used = new HashSet<>();
    T message;
    try {
      message =
          producer.produce(credential -> {
            if (used.add(credential)) {
              credential.onChange(changed);
            }
          });
    } catch (DeliveryException | RuntimeException e) {
      watched.addAll(used);
      fail(e);
      return;
    }
    watched.stream()
        .filter(credential -> !used.contains(credential))
        .forEach(credential -> credential.removeListener(changed));
    watched = used;
    if (!message.equals(last)) {
      last = message;
      observer.onNext(numbering.number(message, ++sequence));
    }
  }

  private void fail(Exception failure) {
    ended = true;
    forgetAll();
    // StatusInterceptor finds the cause and makes the status.
    observer.onError(io.grpc.Status.UNKNOWN.withCause(failure).asRuntimeException());
  }

  private void end() {
    ended = true;
    // Lets work() clean up, since only it may touch what is watched.
    signal();
  }

  private void forgetAll() {
    domain.removeListener(domainChanged);
    watched.forEach(credential -> credential.removeListener(changed));
    watched.clear();
    last = null;
  }
}
