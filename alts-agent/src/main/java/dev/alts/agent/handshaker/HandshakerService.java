package dev.alts.agent.handshaker;

import dev.alts.agent.attestation.PeerProcess;
import dev.alts.agent.delivery.CallerInterceptor;
import dev.alts.agent.delivery.DeliveryException;
import dev.alts.agent.delivery.DeliveryException.Reason;
import dev.alts.api.handshaker.HandshakerReq;
import dev.alts.api.handshaker.HandshakerResp;
import dev.alts.api.handshaker.HandshakerServiceGrpc;
import dev.alts.handshake.HandshakeBudget;
import dev.alts.handshake.HandshakeBudget.Slot;
import dev.alts.handshake.HandshakeEnvironment;
import dev.alts.resumption.ResumptionCache;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * {@code grpc.gcp.HandshakerService}: one stream is one handshake of the calling process.
 *
 * <p>Handshakes under way are bounded for each process, for each user and in all; when all are
 * taken, the oldest of the user that has most gives way (abuse-29).
 */
public final class HandshakerService extends HandshakerServiceGrpc.HandshakerServiceImplBase
    implements AutoCloseable {
  /** More than any stack begins at once: 100 as a client and 100 as a server. */
  static final int MAX_PER_PROCESS = 256;

  private static final int MAX_PER_USER = 1_024;
  private static final int MAX_IN_ALL = 2_048;
  private static final int PUBLIC_KEY_WORK_PER_SECOND = 20_000;
  private static final int MAX_RESUMED_SERVERS = 4_096;

  private final LocalIdentities identities;
  private final HandshakeEnvironment environment;
  private final Executor executor;
  private final HandshakeBudget users;
  private final HandshakeBudget processes;
  private final FairTurns turns = new FairTurns(Runtime.getRuntime().availableProcessors());
  private final ResumptionCache tickets;
  private final ScheduledThreadPoolExecutor deadlines;

  /**
   * @param executor runs what ends a handshake that took too long
   */
  public HandshakerService(
      LocalIdentities identities, HandshakeEnvironment environment, Executor executor) {
    this.identities = identities;
    this.environment = environment;
    this.executor = executor;
    this.users = budget(MAX_IN_ALL, MAX_PER_USER);
    // Never full in all: that is what the users' one is for.
    this.processes = budget(Integer.MAX_VALUE, MAX_PER_PROCESS);
    // What a credential's policy does not allow is not offered, so this asks for the cheapest.
    this.tickets = new ResumptionCache(MAX_RESUMED_SERVERS, false);
    this.deadlines =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("handshaker-deadlines").factory());
    deadlines.setRemoveOnCancelPolicy(true);
  }

  private HandshakeBudget budget(int pending, int pendingPerSource) {
    return new HandshakeBudget(
        new HandshakeBudget.Limits(
            pending, pendingPerSource, PUBLIC_KEY_WORK_PER_SECOND, PUBLIC_KEY_WORK_PER_SECOND),
        environment.clock());
  }

  @Override
  public StreamObserver<HandshakerReq> doHandshake(StreamObserver<HandshakerResp> responses) {
    PeerProcess caller = CallerInterceptor.caller();
    HandshakeSession session =
        new HandshakeSession(
            new HandshakeSession.Surroundings(environment, identities, tickets, turns, this::later),
            caller,
            (ServerCallStreamObserver<HandshakerResp>) responses);
    Optional<Slot> ofProcess = processes.admit(caller.key(), () -> {});
    if (ofProcess.isEmpty()) {
      responses.onError(
          refused("%s: %d handshakes under way already".formatted(caller, MAX_PER_PROCESS)));
      return new Ignored();
    }
    Optional<Slot> ofUser =
        users.admit(
            Integer.toUnsignedString(caller.uid()),
            () -> executor.execute(() -> session.abort(overloaded("gave way to other users"))));
    if (ofUser.isEmpty()) {
      ofProcess.get().close();
      responses.onError(
          refused(
              "user %s: %d handshakes under way already"
                  .formatted(Integer.toUnsignedString(caller.uid()), MAX_PER_USER)));
      return new Ignored();
    }
    session.opened(
        ofUser.get(),
        () -> {
          ofUser.get().close();
          ofProcess.get().close();
        });
    return session;
  }

  /** {@return how many handshakes are under way} */
  public int pending() {
    return users.pending();
  }

  @Override
  public void close() {
    deadlines.shutdownNow();
  }

  private Future<?> later(Duration pause, Runnable task) {
    return deadlines.schedule(
        () -> executor.execute(task), pause.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static DeliveryException overloaded(String sentence) {
    return new DeliveryException(Reason.OVERLOADED, sentence);
  }

  private static RuntimeException refused(String sentence) {
    return Status.UNKNOWN.withCause(overloaded(sentence)).asRuntimeException();
  }

  /** What a call that was refused still says. */
  private static final class Ignored implements StreamObserver<HandshakerReq> {
    @Override
    public void onNext(HandshakerReq request) {}

    @Override
    public void onError(Throwable failure) {}

    @Override
    public void onCompleted() {}
  }
}
