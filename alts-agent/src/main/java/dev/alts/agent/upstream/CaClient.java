package dev.alts.agent.upstream;

import dev.alts.agent.credentials.Backoff;
import dev.alts.agent.credentials.CertificateIssuer;
import dev.alts.agent.credentials.ServerClock;
import dev.alts.api.machine.v1.AcknowledgeRequest;
import dev.alts.api.machine.v1.IssueItem;
import dev.alts.api.machine.v1.IssueOutcome;
import dev.alts.api.machine.v1.IssueRequest;
import dev.alts.api.machine.v1.IssueResponse;
import dev.alts.api.machine.v1.MachineGrpc;
import dev.alts.api.machine.v1.RenewRequest;
import dev.alts.api.machine.v1.RenewResponse;
import dev.alts.api.machine.v1.WatchRequest;
import dev.alts.api.machine.v1.WatchResponse;
import dev.alts.identity.verify.PeerRejectedException;
import dev.alts.identity.x509.X509Svid;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * The CA, as an attested machine reaches it. One connection carries everything; it is replaced when
 * the machine's TLS certificate is. Thread-safe.
 */
public final class CaClient implements CertificateIssuer, AutoCloseable {
  private static final long CALL_SECONDS = 20;

  /** By which a CA that has too much to do chooses whom it serves first. */
  private static final Metadata.Key<String> SECONDS_LEFT =
      Metadata.Key.of("alts-seconds-left", Metadata.ASCII_STRING_MARSHALLER);

  private static final long MOST_LEFT = 9_999_999;

  private final CaChannels channels;
  private final X509ExtendedTrustManager trustManager;
  private final ServerClock clock;
  private final AtomicReference<ManagedChannel> channel;
  private final RandomGenerator random;
  private volatile Supplier<Optional<Instant>> firstEnd = Optional::empty;
  private volatile X509Svid tls;
  private final AtomicReference<Context.@Nullable CancellableContext> watching =
      new AtomicReference<>();
  private final IssueQueue queue;

  public CaClient(
      CaChannels channels,
      X509ExtendedTrustManager trustManager,
      MachineIdentity machine,
      ServerClock clock,
      RandomGenerator random) {
    this.channels = channels;
    this.trustManager = trustManager;
    this.clock = clock;
    this.random = random;
    this.tls = machine.tls().svid();
    this.channel = new AtomicReference<>(channels.toCa(trustManager, tls));
    this.queue = new IssueQueue(this::issue);
  }

  /**
   * From now on every call says how long what is held still lasts.
   *
   * @param end when the first of it expires
   */
  public void stateTimeLeft(Supplier<Optional<Instant>> end) {
    firstEnd = end;
  }

  @Override
  public CompletableFuture<IssueOutcome> issue(IssueItem item) {
    return queue.add(item);
  }

  /** {@return new certificates for the machine; blocks} */
  RenewResponse renew(RenewRequest request) {
    try {
      return calls().renew(request);
    } catch (StatusRuntimeException e) {
      throw unavailable("renewing the machine's certificates", e);
    }
  }

  /** Tells the CA what this agent holds; blocks. */
  void acknowledge(AcknowledgeRequest request) {
    // Whatever it answers is empty.
    var _ = calls().acknowledge(request);
  }

  /**
   * Hands everything that the CA pushes to {@code receiver}; blocks until the stream ends.
   *
   * @return whether it ended because the machine has another certificate now; else the CA ended it,
   *     as it does with streams that have their age
   * @throws StatusRuntimeException if it broke off
   */
  boolean watch(WatchRequest request, Consumer<WatchResponse> receiver) {
    Context.CancellableContext context = Context.ROOT.withCancellation();
    watching.set(context);
    try {
      context.run(
          // No deadline: the stream is meant to last. Keep-alive finds dead connections.
          () -> stub().watch(request).forEachRemaining(receiver));
      // It had its age; the next one may be at another replica.
      moveOn();
      return false;
    } catch (StatusRuntimeException e) {
      if (context.isCancelled()) {
        return true;
      }
      if (e.getStatus().getCode() == Status.Code.UNAVAILABLE) {
        moveOn();
      }
      throw e;
    } finally {
      context.close();
    }
  }

  /** Goes on with another certificate; the stream starts anew, other calls may finish. */
  void reconnectAs(X509Svid machine) {
    synchronized (this) {
      tls = machine;
      moveOn();
    }
    Context.CancellableContext current = watching.get();
    if (current != null) {
      current.cancel(null);
    }
  }

  /**
   * Another channel begins at another replica, where there is one; calls on this one may finish.
   * One at a time, or the channel of the certificate before could be the one that stays.
   */
  private synchronized void moveOn() {
    channel.getAndSet(channels.toCa(trustManager, tls)).shutdown();
  }

  private IssueResponse issue(IssueRequest request) {
    IssueResponse response = askedAgain(request);
    clock.learn(Instant.ofEpochSecond(response.getServerTime()));
    return response;
  }

  /** A CA that is busy is asked again when it says, as long as somebody may still be waiting. */
  private IssueResponse askedAgain(IssueRequest request) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(CALL_SECONDS);
    Backoff backoff = new Backoff(Duration.ofMillis(200), Duration.ofSeconds(5), random);
    while (true) {
      try {
        return calls().issue(request);
      } catch (StatusRuntimeException e) {
        Duration named = RetryDelay.of(e);
        Duration wait = backoff.next(named);
        if (named.isZero() || System.nanoTime() + wait.toNanos() > end) {
          throw unavailable("asking the CA for certificates", e);
        }
        pause(wait);
      }
    }
  }

  private static void pause(Duration wait) {
    try {
      Thread.sleep(wait);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CaUnavailableException("the agent is stopping");
    }
  }

  private MachineGrpc.MachineBlockingStub calls() {
    return stub().withDeadlineAfter(CALL_SECONDS, TimeUnit.SECONDS);
  }

  private MachineGrpc.MachineBlockingStub stub() {
    return MachineGrpc.newBlockingStub(channel.get())
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(timeLeft()));
  }

  private Metadata timeLeft() {
    Metadata headers = new Metadata();
    firstEnd
        .get()
        .ifPresent(end ->
            headers.put(
                SECONDS_LEFT,
                Long.toString(
                    Math.clamp(Duration.between(clock.instant(), end).toSeconds(), 0, MOST_LEFT))));
    return headers;
  }

  static CaUnavailableException unavailable(String doing, StatusRuntimeException cause) {
    return new CaUnavailableException(
        "%s: %s".formatted(doing, reason(cause)), cause, RetryDelay.of(cause));
  }

  /** {@return what to tell people: why a TLS handshake failed hides in the causes} */
  static String reason(StatusRuntimeException failure) {
    String code = failure.getStatus().getCode().toString();
    String description = failure.getStatus().getDescription();
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof PeerRejectedException rejected) {
        return "%s: who answers was not accepted as the CA (%s: %s)"
            .formatted(code, rejected.reason(), rejected.getMessage());
      }
      if (cause.getCause() == null && failure.getCause() != null) {
        description = cause.getMessage();
      }
    }
    return description == null ? code : code + ": " + description;
  }

  @Override
  public void close() {
    queue.close();
    channel.get().shutdownNow();
  }
}
