package dev.alts.handshake;

import com.google.protobuf.ByteString;
import dev.alts.frame.Alert;
import dev.alts.frame.AltsProtocolException;
import dev.alts.frame.Frame;
import dev.alts.frame.FrameReader;
import dev.alts.frame.FrameType;
import dev.alts.identity.Bytes;
import dev.alts.identity.verify.PeerRejectedException;
import dev.alts.identity.verify.PeerRole;
import dev.alts.identity.verify.VerifiedPeer;
import dev.alts.peer.AuthorizationDecision;
import dev.alts.peer.CredentialSnapshot;
import dev.alts.record.RecordProtocol;
import dev.alts.resumption.TicketKeyRing;
import dev.alts.wire.handshake.v1.ClientInit;
import dev.alts.wire.handshake.v1.Outcome;
import dev.alts.wire.handshake.v1.ServerInit;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;

/**
 * The server's side of a handshake (handshake.md section 4). The order of its work is the
 * protection against floods: what is cheap comes first, and no public-key operation happens before
 * a message is well-formed, within budget and has something in common with us.
 */
public final class ServerHandshaker implements Handshaker {
  /** Allowance for clocks that differ, on ends of validity (handshake.md section 2). */
  private static final Duration SKEW = Duration.ofSeconds(60);

  /** Body of ClientFinished before the authenticator: field 1, 32 bytes (section 11). */
  private static final byte[] CLIENT_FINISHED_PREFIX = {0x0a, 0x20};

  private final HandshakeEnvironment environment;
  private final ServerHandshakeParameters parameters;
  private final FrameReader reader = new FrameReader();
  private State state = new NotStarted();

  public ServerHandshaker(HandshakeEnvironment environment, ServerHandshakeParameters parameters) {
    this.environment = environment;
    this.parameters = parameters;
  }

  /** What the server waits for; each state holds the secrets of that state and no other. */
  private sealed interface State {}

  private record NotStarted() implements State {}

  /** {@code afterRejection}: a lean offer was refused, which happens once at most. */
  private record AwaitingClientInit(boolean afterRejection) implements State {}

  private record AwaitingClientFinished(ServerFlight flight) implements State {}

  private record Over() implements State {}

  @Override
  public HandshakeStep start() {
    if (!(state instanceof NotStarted)) {
      throw new IllegalStateException("handshake: already started (expected: start once)");
    }
    state = new AwaitingClientInit(false);
    return new HandshakeStep.AwaitPeer();
  }

  @Override
  public HandshakeStep receive(ByteBuffer in) throws AltsProtocolException {
    if (state instanceof NotStarted || state instanceof Over) {
      throw new IllegalStateException("handshake: not started, or over");
    }
    try {
      Frame frame = reader.read(in, expected());
      return frame == null ? new HandshakeStep.AwaitPeer() : onFrame(frame);
    } catch (AltsProtocolException e) {
      close();
      throw e;
    } catch (RuntimeException e) {
      // Whatever it was, the peer must neither hang nor see a half-open connection.
      close();
      throw new AltsProtocolException(Alert.INTERNAL, "server handshake: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    if (state instanceof AwaitingClientFinished awaiting) {
      awaiting.flight().close();
    }
    state = new Over();
  }

  private FrameType expected() {
    return state instanceof AwaitingClientFinished
        ? FrameType.CLIENT_FINISHED
        : FrameType.CLIENT_INIT;
  }

  private HandshakeStep onFrame(Frame frame) throws AltsProtocolException {
    return switch (state) {
      case AwaitingClientInit awaiting -> onClientInit(frame, awaiting.afterRejection());
      case AwaitingClientFinished awaiting -> onClientFinished(frame, awaiting.flight());
      case NotStarted notStarted -> throw new AssertionError("checked before");
      case Over over -> throw new AssertionError("checked before");
    };
  }

  /** The server's order of work (handshake.md section 4). */
  private HandshakeStep onClientInit(Frame frame, boolean afterRejection)
      throws AltsProtocolException {
    Instant now = environment.clock().instant().truncatedTo(ChronoUnit.SECONDS);
    CredentialSnapshot credential = parameters.credential();
    // (1) frame limits: FrameReader. (2) parse, counts, version, field rules
    ClientInit init = ClientInitRules.parse(frame.body(), afterRejection);
    // (3) budgets
    if (!parameters.permit().tryClaim()) {
      throw new AltsProtocolException(Alert.OVERLOADED, "above the budget for handshakes");
    }
    // (4) suite, application protocol, transport protocol, rpc version
    ServerChoice choice = ServerChoice.of(init, parameters.negotiation());
    // (5) ticket
    TicketKeyRing ring = TicketKeyRing.of(environment.crypto(), credential);
    if (init.hasResumption()) {
      TicketDecision decision =
          new TicketJudge(environment, credential, ring).judge(init, choice.suite(), now);
      switch (decision) {
        case TicketDecision.Accepted accepted -> {
          return answer(frame, init, choice, accepted.by(), ring, now);
        }
        case TicketDecision.Unacceptable unacceptable -> {
          if (!init.hasCredential()) {
            return reject(choice);
          }
        }
      }
    }
    // (6) times, cache, signatures
    return answer(
        frame, init, choice, new Authentication.ByCertificate(verified(init, now)), ring, now);
  }

  private VerifiedPeer verified(ClientInit init, Instant now) throws AltsProtocolException {
    try {
      return environment
          .verifier()
          .verify(
              parameters.credential().verificationContext(),
              init.getCredential(),
              PeerRole.CLIENT,
              now);
    } catch (PeerRejectedException e) {
      throw new AltsProtocolException(
          Alert.HANDSHAKE_FAILED, "client's credential: " + e.getMessage(), e);
    }
  }

  private HandshakeStep answer(
      Frame clientInit,
      ClientInit init,
      ServerChoice choice,
      Authentication client,
      TicketKeyRing ring,
      Instant now)
      throws AltsProtocolException {
    try (client) {
      // (7) record protocol
      RecordProtocol recordProtocol =
          new RecordChoice(parameters.credential(), parameters.negotiation())
              .choose(init.getRecordProtocolsList(), client.facts())
              .orElseThrow(() -> ServerChoice.nothingInCommon("record protocol"));
      // (8) only now ephemeral, KEM and Diffie-Hellman
      ServerFlight flight =
          new ServerFlightMaker(
                  environment,
                  parameters,
                  ring,
                  new ServerTurn(clientInit, init, choice, client, recordProtocol, now))
              .make();
      state = new AwaitingClientFinished(flight);
      return new HandshakeStep.Send(flight.frames());
    }
  }

  /**
   * Refuses a lean offer: nothing but a new random, and the next ClientInit is full (section 6).
   */
  private HandshakeStep reject(ServerChoice choice) {
    byte[] random = new byte[MessageRules.RANDOM_BYTES];
    environment.random().nextBytes(random);
    ServerInit rejection =
        ServerInit.newBuilder()
            .setVersion(MessageRules.VERSION)
            .setRandom(ByteString.copyFrom(random))
            .setSuiteValue(choice.suite().number())
            .setOutcome(Outcome.RESUMPTION_REJECTED)
            .build();
    state = new AwaitingClientInit(true);
    return new HandshakeStep.Send(FrameType.SERVER_INIT.encode(rejection));
  }

  private HandshakeStep onClientFinished(Frame frame, ServerFlight flight)
      throws AltsProtocolException {
    byte[] body = frame.body().toByteArray();
    int prefix = CLIENT_FINISHED_PREFIX.length;
    MessageRules.require(
        body.length == prefix + MessageRules.AUTHENTICATOR_BYTES
            && Arrays.equals(body, 0, prefix, CLIENT_FINISHED_PREFIX, 0, prefix),
        "ClientFinished: not exactly one authenticator");
    byte[] authenticator = Arrays.copyOfRange(body, prefix, body.length);
    if (!MessageDigest.isEqual(authenticator, flight.clientAuthenticator())) {
      throw new AltsProtocolException(Alert.HANDSHAKE_FAILED, "client's authenticator is wrong");
    }
    // From here on the client is who it says, and may be told more (section 9).
    Instant now = environment.clock().instant().truncatedTo(ChronoUnit.SECONDS);
    if (now.isAfter(flight.clientNotAfter().plus(SKEW))) {
      throw new AltsProtocolException(
          Alert.CERTIFICATE_EXPIRED, "client's credential ended during the handshake");
    }
    return switch (parameters.authorizer().authorize(flight.peer())) {
      case AuthorizationDecision.Allowed allowed -> {
        state = new Over();
        yield new HandshakeStep.Established(
            Bytes.empty(), flight.peer(), flight.evidence(), flight.handOverKeys());
      }
      case AuthorizationDecision.Denied denied ->
          throw new AltsProtocolException(Alert.UNAUTHORIZED, denied.reason());
    };
  }
}
