package dev.alts.credentials;

import dev.alts.api.credentials.v1.CredentialSnapshot;
import dev.alts.api.credentials.v1.WatchCredentialsRequest;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.concurrent.ScheduledFuture;
import org.jspecify.annotations.Nullable;

/**
 * The stream of snapshots from the agent, opened again whenever it ends, until {@link #close()}.
 * All state and all callbacks are confined to the connection's thread.
 */
final class CredentialsWatch implements AutoCloseable {
  /** What the stream says. */
  interface Listener {
    /** {@return whether the snapshot is good; if not, the stream is cut and opened again later} */
    boolean onSnapshot(CredentialSnapshot snapshot);

    /** The stream ended or could not be opened; the watch tries again. */
    void onInterrupted(Status status);
  }

  private final AgentChannel agent;
  private final WatchCredentialsRequest request;
  private final Backoff backoff;
  private final Listener listener;
  private @Nullable Attempt current;
  private @Nullable ScheduledFuture<?> retry;
  private boolean closed;

  CredentialsWatch(
      AgentChannel agent, WatchCredentialsRequest request, Backoff backoff, Listener listener) {
    this.agent = agent;
    this.request = request;
    this.backoff = backoff;
    this.listener = listener;
  }

  void start() {
    agent.execute(this::open);
  }

  @Override
  public void close() {
    agent.execute(() -> {
      closed = true;
      if (retry != null) {
        retry.cancel(false);
      }
      if (current != null) {
        current.cancel("credential source closed");
      }
      agent.close();
    });
  }

  private void open() {
    if (closed) {
      return;
    }
    current = new Attempt();
    agent.stub().watchCredentials(request, current);
  }

  private void interrupted(Attempt attempt, Status status) {
    if (closed || attempt != current) {
      return;
    }
    current = null;
    listener.onInterrupted(status);
    retry = agent.schedule(this::open, backoff.next());
  }

  private final class Attempt
      implements ClientResponseObserver<WatchCredentialsRequest, CredentialSnapshot> {
    private @Nullable ClientCallStreamObserver<WatchCredentialsRequest> call;
    private long lastSequence = -1;

    @Override
    public void beforeStart(ClientCallStreamObserver<WatchCredentialsRequest> stream) {
      call = stream;
    }

    @Override
    public void onNext(CredentialSnapshot snapshot) {
      if (closed || this != current) {
        return;
      }
      if (Long.compareUnsigned(snapshot.getSequence(), lastSequence) <= 0 && lastSequence != -1) {
        cut(
            "snapshot sequence %s after %s (expected: growing)"
                .formatted(
                    Long.toUnsignedString(snapshot.getSequence()),
                    Long.toUnsignedString(lastSequence)));
        return;
      }
      lastSequence = snapshot.getSequence();
      if (listener.onSnapshot(snapshot)) {
        backoff.reset();
        return;
      }
      cut("snapshot refused");
    }

    @Override
    public void onError(Throwable failure) {
      interrupted(this, Status.fromThrowable(failure));
    }

    @Override
    public void onCompleted() {
      interrupted(this, Status.UNAVAILABLE.withDescription("the agent ended the stream"));
    }

    private void cut(String reason) {
      cancel(reason);
      interrupted(this, Status.DATA_LOSS.withDescription(reason));
    }

    void cancel(String reason) {
      if (call != null) {
        call.cancel(reason, null);
      }
    }
  }
}
