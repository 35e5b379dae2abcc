package dev.alts.agent.upstream;

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
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * The CA, as an attested machine reaches it. One connection carries everything; it is replaced when
 * the machine's TLS certificate is. Thread-safe.
 */
public final class CaClient implements CertificateIssuer, AutoCloseable {
  private static final long CALL_SECONDS = 20;

  private final CaChannels channels;
  private final X509ExtendedTrustManager trustManager;
  private final ServerClock clock;
  private final AtomicReference<ManagedChannel> channel;
  private volatile X509Svid tls;
  private final AtomicReference<Context.@Nullable CancellableContext> watching =
      new AtomicReference<>();
  private final IssueQueue queue;

  public CaClient(
      CaChannels channels,
      X509ExtendedTrustManager trustManager,
      MachineIdentity machine,
      ServerClock clock) {
    this.channels = channels;
    this.trustManager = trustManager;
    this.clock = clock;
    this.tls = machine.tls().svid();
    this.channel = new AtomicReference<>(channels.toCa(trustManager, tls));
    this.queue = new IssueQueue(this::issue);
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
   * @return whether it ended because the machine has another certificate now
   * @throws StatusRuntimeException if it broke off
   */
  boolean watch(WatchRequest request, Consumer<WatchResponse> receiver) {
    Context.CancellableContext context = Context.ROOT.withCancellation();
    watching.set(context);
    try {
      context.run(
          // No deadline: the stream is meant to last. Keep-alive finds dead connections.
          () ->
              MachineGrpc.newBlockingStub(channel.get()).watch(request).forEachRemaining(receiver));
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
    tls = machine;
    moveOn();
    Context.CancellableContext current = watching.get();
    if (current != null) {
      current.cancel(null);
    }
  }

  /**
   * Another channel begins at another replica, where there is one; calls on this one may finish.
   */
  private void moveOn() {
    channel.getAndSet(channels.toCa(trustManager, tls)).shutdown();
  }

  private IssueResponse issue(IssueRequest request) {
    IssueResponse response;
    try {
      response = calls().issue(request);
    } catch (StatusRuntimeException e) {
      throw unavailable("asking the CA for certificates", e);
    }
    clock.learn(Instant.ofEpochSecond(response.getServerTime()));
    return response;
  }

  private MachineGrpc.MachineBlockingStub calls() {
    return MachineGrpc.newBlockingStub(channel.get())
        .withDeadlineAfter(CALL_SECONDS, TimeUnit.SECONDS);
  }

  static CaUnavailableException unavailable(String doing, StatusRuntimeException cause) {
    return new CaUnavailableException("%s: %s".formatted(doing, reason(cause)), cause);
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
