package dev.alts.agent.handshaker;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.alts.agent.attestation.PeerLostException;
import dev.alts.agent.attestation.PeerProcess;
import dev.alts.agent.delivery.DeliveryException;
import dev.alts.agent.delivery.DeliveryException.Reason;
import dev.alts.agent.delivery.StatusInterceptor;
import dev.alts.api.handshaker.HandshakerReq;
import dev.alts.api.handshaker.HandshakerResp;
import dev.alts.api.handshaker.HandshakerStatus;
import dev.alts.api.handshaker.StartClientHandshakeReq;
import dev.alts.api.handshaker.StartServerHandshakeReq;
import dev.alts.frame.AltsProtocolException;
import dev.alts.handshake.ClientHandshakeParameters;
import dev.alts.handshake.ClientHandshaker;
import dev.alts.handshake.HandshakeBudget;
import dev.alts.handshake.HandshakeEnvironment;
import dev.alts.handshake.HandshakeStep;
import dev.alts.handshake.HandshakeStep.AwaitPeer;
import dev.alts.handshake.HandshakeStep.Established;
import dev.alts.handshake.HandshakeStep.Send;
import dev.alts.handshake.Handshaker;
import dev.alts.handshake.ServerHandshakeParameters;
import dev.alts.handshake.ServerHandshaker;
import dev.alts.handshake.WorkPermit;
import dev.alts.identity.Bytes;
import dev.alts.peer.CredentialSnapshot;
import dev.alts.peer.PeerAuthorizer;
import dev.alts.resumption.ResumptionCache;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One handshake that a process does by asking us. The process is a relay: it hands over what its
 * peer sent, in whatever pieces, and writes what it is given.
 *
 * <p>What the stacks rely on: every response has a status; all bytes are consumed, except behind
 * the last handshake frame, where the first record begins; a result never answers a start; the call
 * ends with the result. A failure in the first response is told by a status in it as well; later it
 * ends the call and nothing else, since Go reads on after a status that says so.
 *
 * <p>Thread-safe: requests come one after the other, but what ends a session may come from any
 * thread.
 */
final class HandshakeSession implements StreamObserver<HandshakerReq> {
  private static final Logger logger = LoggerFactory.getLogger(HandshakeSession.class);

  // A process may have to wait for the CA before its handshake begins.
  private static final Duration LONGEST_START = Duration.ofSeconds(30);
  private static final int MAX_EMPTY_REQUESTS = 16;

  private final Surroundings surroundings;
  private final PeerProcess caller;
  private final ServerCallStreamObserver<HandshakerResp> responses;
  private WorkPermit permit = () -> false;
  private Runnable release = () -> {};
  private @Nullable Future<?> deadline;
  private @Nullable Running running;
  private boolean answered;
  private boolean over;
  private int emptyRequests;

  /** What all sessions share. */
  record Surroundings(
      HandshakeEnvironment environment,
      LocalIdentities identities,
      ResumptionCache tickets,
      FairTurns turns,
      Timer timer) {}

  /** Runs a task after a pause. */
  interface Timer {
    Future<?> later(Duration pause, Runnable task);
  }

  private record Running(Handshaker handshaker, Completion completion) {}

  HandshakeSession(
      Surroundings surroundings,
      PeerProcess caller,
      ServerCallStreamObserver<HandshakerResp> responses) {
    this.surroundings = surroundings;
    this.caller = caller;
    this.responses = responses;
  }

  /**
   * Lets the session begin; to be called while the call is being started.
   *
   * @param release gives its room back, at its end
   */
  synchronized void opened(WorkPermit permit, Runnable release) {
    this.permit = permit;
    this.release = release;
    if (over) {
      // Gave way already.
      release.run();
      return;
    }
    responses.setOnCancelHandler(this::end);
    endAfter(LONGEST_START);
  }

  @Override
  public synchronized void onNext(HandshakerReq request) {
    if (over) {
      return;
    }
    try {
      HandshakerResp response = answer(request);
      answered = true;
      responses.onNext(response);
      if (response.hasResult()) {
        end();
        responses.onCompleted();
      }
    } catch (AltsProtocolException e) {
      fail(PeerFailures.of(e), e.alertFrame().orElse(Bytes.empty()));
    } catch (DeliveryException e) {
      fail(e, Bytes.empty());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      fail(new DeliveryException(Reason.NOT_READY, "the agent is stopping"), Bytes.empty());
    } catch (RuntimeException e) {
      end();
      responses.onError(Status.UNKNOWN.withCause(e).asRuntimeException());
    }
  }

  @Override
  public synchronized void onError(Throwable failure) {
    end();
  }

  /** All stacks close their side after the result only. */
  @Override
  public synchronized void onCompleted() {
    if (!over) {
      fail(
          HandshakeRequests.bad("the stream was closed before its handshake ended"), Bytes.empty());
    }
  }

  /** Ends the handshake for a reason of ours. */
  synchronized void abort(DeliveryException reason) {
    if (!over) {
      fail(reason, Bytes.empty());
    }
  }

  private HandshakerResp answer(HandshakerReq request)
      throws AltsProtocolException, DeliveryException, InterruptedException {
    return switch (request.getReqOneofCase()) {
      case CLIENT_START -> start(request.getClientStart());
      case SERVER_START -> start(request.getServerStart());
      case NEXT -> next(request.getNext().getInBytes());
      case REQONEOF_NOT_SET ->
          throw HandshakeRequests.bad(
              "request: nothing in it (expected: client_start, server_start or next)");
    };
  }

  private HandshakerResp start(StartClientHandshakeReq request)
      throws AltsProtocolException, DeliveryException, InterruptedException {
    requireNotStarted();
    HandshakeRequests.Client wanted = HandshakeRequests.client(request);
    LocalIdentity identity = surroundings.identities().find(caller, List.of(wanted.localId()));
    CredentialSnapshot snapshot = identity.snapshot();
    ResumptionCache.Key key =
        new ResumptionCache.Key(snapshot.id(), wanted.target(), wanted.demand(), caller.key());
    Handshaker handshaker =
        new ClientHandshaker(
            surroundings.environment(),
            new ClientHandshakeParameters(
                snapshot.withRecordProtocols(wanted.recordProtocols()),
                wanted.negotiation(),
                wanted.expected(),
                surroundings.tickets().forServer(key)));
    begin(
        handshaker,
        Completion.ofClient(surroundings.environment(), identity, snapshot, wanted.expected()));
    return drive(
        handshaker, ByteString.EMPTY, surroundings.turns().take(caller.key(), handshaker::start));
  }

  private HandshakerResp start(StartServerHandshakeReq request)
      throws AltsProtocolException, DeliveryException, InterruptedException {
    requireNotStarted();
    HandshakeRequests.Server wanted = HandshakeRequests.server(request);
    LocalIdentity identity = surroundings.identities().find(caller, wanted.localIds());
    CredentialSnapshot snapshot = identity.snapshot();
    Handshaker handshaker =
        new ServerHandshaker(
            surroundings.environment(),
            new ServerHandshakeParameters(
                snapshot.withRecordProtocols(wanted.recordProtocols()),
                wanted.negotiation(),
                // Whom the server lets in is for the application: it is told the peer's identity.
                PeerAuthorizer.anyAuthenticated(),
                permit));
    begin(handshaker, Completion.ofServer(surroundings.environment(), identity, snapshot));
    return drive(handshaker, request.getInBytes(), handshaker.start());
  }

  private HandshakerResp next(ByteString received)
      throws AltsProtocolException, DeliveryException, InterruptedException {
    Running current = running;
    if (current == null) {
      throw HandshakeRequests.bad("next before client_start or server_start");
    }
    if (received.isEmpty() && ++emptyRequests > MAX_EMPTY_REQUESTS) {
      throw HandshakeRequests.bad("next: without in_bytes, again and again");
    }
    return drive(current.handshaker(), received, new AwaitPeer());
  }

  private void requireNotStarted() throws DeliveryException {
    if (running != null) {
      throw HandshakeRequests.bad("started twice (expected: one stream for each handshake)");
    }
  }

  private void begin(Handshaker handshaker, Completion completion) {
    running = new Running(handshaker, completion);
    // From here on it is the peer that is waited for (handshake.md section 4).
    endAfter(HandshakeBudget.HANDSHAKE_TIMEOUT);
  }

  private HandshakerResp drive(Handshaker handshaker, ByteString received, HandshakeStep first)
      throws AltsProtocolException, DeliveryException, InterruptedException {
    ByteString out = ByteString.EMPTY;
    ByteBuffer in = received.asReadOnlyByteBuffer();
    HandshakeStep step = first;
    while (true) {
      switch (step) {
        case Established established -> {
          return complete(established, out, in.position());
        }
        case Send send -> out = out.concat(bytes(send.flight()));
        case AwaitPeer await -> {
          // more bytes follow below, or with the next request
        }
      }
      if (!in.hasRemaining()) {
        return response().setOutFrames(out).setBytesConsumed(received.size()).build();
      }
      step = surroundings.turns().take(caller.key(), () -> handshaker.receive(in));
    }
  }

  private HandshakerResp complete(Established established, ByteString out, int consumed)
      throws AltsProtocolException, DeliveryException {
    Running current = running;
    if (current == null) {
      throw new AssertionError("established without a start");
    }
    try {
      // The keys are for the process that asked, and that is still there.
      caller.requireUnchanged();
      return response()
          .setOutFrames(out.concat(bytes(established.lastFlight())))
          .setBytesConsumed(consumed)
          .setResult(current.completion().result(established))
          .build();
    } catch (PeerLostException e) {
      throw new DeliveryException(Reason.NOT_READY, e.getMessage());
    } finally {
      established.keys().close();
    }
  }

  private static HandshakerResp.Builder response() {
    return HandshakerResp.newBuilder().setStatus(HandshakerStatus.getDefaultInstance());
  }

  private static ByteString bytes(Bytes flight) {
    return UnsafeByteOperations.unsafeWrap(flight.asByteBuffer());
  }

  private void endAfter(Duration longest) {
    if (deadline != null) {
      deadline.cancel(false);
    }
    deadline =
        surroundings
            .timer()
            .later(
                longest,
                () ->
                    abort(
                        new DeliveryException(
                            Reason.TOO_LATE, "the handshake was not complete within " + longest)));
  }

  private void fail(DeliveryException failure, Bytes alert) {
    logger.debug("{}: {}", caller, failure.getMessage());
    end();
    if (!answered) {
      Status status = StatusInterceptor.status(failure);
      responses.onNext(
          HandshakerResp.newBuilder()
              .setOutFrames(bytes(alert))
              .setStatus(
                  HandshakerStatus.newBuilder()
                      .setCode(status.getCode().value())
                      .setDetails(String.valueOf(status.getDescription())))
              .build());
    }
    // StatusInterceptor finds the cause and makes the status.
    responses.onError(Status.UNKNOWN.withCause(failure).asRuntimeException());
  }

  /** Gives everything back; may be repeated. */
  private synchronized void end() {
    if (over) {
      return;
    }
    over = true;
    if (deadline != null) {
      deadline.cancel(false);
    }
    if (running != null) {
      running.handshaker().close();
    }
    running = null;
    release.run();
  }
}
