package dev.alts.handshake;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.alts.crypto.Crypto;
import dev.alts.frame.Alert;
import dev.alts.frame.AltsProtocolException;
import dev.alts.frame.Frame;
import dev.alts.frame.FrameReader;
import dev.alts.frame.FrameType;
import dev.alts.identity.Bytes;
import dev.alts.identity.SecretBytes;
import dev.alts.identity.verify.PeerFacts;
import dev.alts.identity.verify.PeerRejectedException;
import dev.alts.identity.verify.PeerRole;
import dev.alts.identity.verify.VerifiedPeer;
import dev.alts.peer.AltsPeer;
import dev.alts.peer.CredentialSnapshot;
import dev.alts.peer.RpcVersions;
import dev.alts.record.MaxFrame;
import dev.alts.record.RecordProtocol;
import dev.alts.resumption.ClientTicket;
import dev.alts.resumption.ResumptionCache;
import dev.alts.resumption.ResumptionOffer;
import dev.alts.wire.handshake.v1.ClientFinished;
import dev.alts.wire.handshake.v1.NewTicket;
import dev.alts.wire.handshake.v1.Outcome;
import dev.alts.wire.handshake.v1.ServerFinished;
import dev.alts.wire.handshake.v1.ServerInit;
import dev.alts.wire.handshake.v1.ServerParameters;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/**
 * The client's side of a handshake (handshake.md section 4). It never tries again with less because
 * of an alert; a refused lean offer is followed by one full ClientInit on the same connection.
 */
public final class ClientHandshaker implements Handshaker {
  private final HandshakeEnvironment environment;
  private final Crypto crypto;
  private final ClientHandshakeParameters parameters;
  private final CredentialSnapshot credential;
  private final RecordChoice recordChoice;
  private final FrameReader reader = new FrameReader();
  private State state = new NotStarted();

  public ClientHandshaker(HandshakeEnvironment environment, ClientHandshakeParameters parameters) {
    this.environment = environment;
    this.crypto = environment.crypto();
    this.parameters = parameters;
    this.credential = parameters.credential();
    this.recordChoice = new RecordChoice(credential, parameters.negotiation());
  }

  /** What the client waits for; each state holds the secrets of that state and no other. */
  private sealed interface State {}

  private record NotStarted() implements State {}

  private record AwaitingServerInit(ClientOffer offer) implements State {}

  private record AwaitingServerFinished(ClientExchange exchange) implements State {}

  private record Over() implements State {}

  @Override
  public HandshakeStep start() throws AltsProtocolException {
    if (!(state instanceof NotStarted)) {
      throw new IllegalStateException("handshake: already started (expected: start once)");
    }
    // Before a ticket leaves the cache for nothing.
    List<String> recordProtocols = recordProtocols();
    return send(recordProtocols, resumptionOffer());
  }

  @Override
  public HandshakeStep receive(ByteBuffer in) throws AltsProtocolException {
    if (state instanceof NotStarted || state instanceof Over) {
      throw new IllegalStateException("handshake: not started, or over");
    }
    try {
      Frame frame = reader.read(in, expected());
      return frame == null ? new HandshakeStep.AwaitPeer() : onFrame(frame, in.hasRemaining());
    } catch (AltsProtocolException e) {
      close();
      throw e;
    } catch (RuntimeException e) {
      // Whatever it was, the peer must neither hang nor see a half-open connection.
      close();
      throw new AltsProtocolException(Alert.INTERNAL, "client handshake: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    switch (state) {
      case AwaitingServerInit awaiting -> awaiting.offer().close();
      case AwaitingServerFinished awaiting -> awaiting.exchange().close();
      case NotStarted notStarted -> {}
      case Over over -> {}
    }
    state = new Over();
  }

  private FrameType expected() {
    return state instanceof AwaitingServerFinished
        ? FrameType.SERVER_FINISHED
        : FrameType.SERVER_INIT;
  }

  private HandshakeStep onFrame(Frame frame, boolean moreBytes) throws AltsProtocolException {
    return switch (state) {
      case AwaitingServerInit awaiting -> onServerInit(frame, awaiting.offer(), moreBytes);
      case AwaitingServerFinished awaiting -> onServerFinished(frame, awaiting.exchange());
      case NotStarted notStarted -> throw new AssertionError("checked before");
      case Over over -> throw new AssertionError("checked before");
    };
  }

  private List<String> recordProtocols() throws AltsProtocolException {
    List<String> offered = recordChoice.offered();
    if (offered.isEmpty()) {
      throw ServerChoice.nothingInCommon("record protocol with our own policy");
    }
    return offered;
  }

  private HandshakeStep send(List<String> recordProtocols, ResumptionOffer resumption) {
    ClientOffer offer = ClientOffer.make(environment, parameters, recordProtocols, resumption);
    state = new AwaitingServerInit(offer);
    return new HandshakeStep.Send(offer.frame());
  }

  /** {@return what the cache has, unless today's state speaks against it (section 6)} */
  private ResumptionOffer resumptionOffer() {
    Instant now = now();
    ResumptionOffer offer = parameters.tickets().take(now);
    return switch (offer) {
      case ResumptionOffer.None none -> none;
      case ResumptionOffer.Full full ->
          isUsable(full.ticket(), now) ? full : discard(full.ticket());
      case ResumptionOffer.Lean lean ->
          isUsable(lean.ticket(), now) ? lean : discard(lean.ticket());
      case ResumptionOffer.Symmetric symmetric -> {
        if (!isUsable(symmetric.ticket(), now)) {
          yield discard(symmetric.ticket());
        }
        yield credential.allowSymmetricResumption()
            ? symmetric
            : new ResumptionOffer.Lean(symmetric.ticket());
      }
    };
  }

  private boolean isUsable(ClientTicket ticket, Instant now) {
    if (ResumptionCache.isVoid(
        credential.verificationContext(), ticket.server().spiffeId(), ticket.authenticatedAt())) {
      return false;
    }
    try {
      environment
          .verifier()
          .recheckForResumption(
              credential.verificationContext(), ticket.server(), PeerRole.SERVER, now);
      return true;
    } catch (PeerRejectedException e) {
      // Not an error: the handshake is full, and says by itself what is wrong with the server.
      return false;
    }
  }

  private static ResumptionOffer discard(ClientTicket ticket) {
    ticket.close();
    return new ResumptionOffer.None();
  }

  private HandshakeStep onServerInit(Frame frame, ClientOffer offer, boolean moreBytes)
      throws AltsProtocolException {
    // (1) parse, fields
    ServerInit init = ServerInitRules.parse(frame.body(), offer);
    if (init.getOutcome() == Outcome.RESUMPTION_REJECTED) {
      return onRejection(offer, moreBytes);
    }
    if (offer.hasTicket()) {
      parameters.tickets().offered(ServerInitRules.isResumed(init));
    }
    // (2) Diffie-Hellman
    state =
        new AwaitingServerFinished(
            ClientExchange.of(crypto, credential, offer, init, frame.encoded()));
    return new HandshakeStep.AwaitPeer();
  }

  private HandshakeStep onRejection(ClientOffer offer, boolean moreBytes)
      throws AltsProtocolException {
    MessageRules.require(!moreBytes, "bytes behind RESUMPTION_REJECTED");
    parameters.tickets().offered(false);
    offer.close();
    return send(recordProtocols(), new ResumptionOffer.None());
  }

  /** The client's order of work (handshake.md section 4). */
  private HandshakeStep onServerFinished(Frame frame, ClientExchange exchange)
      throws AltsProtocolException {
    Instant now = now();
    ServerFinished finished = parse(frame.body());
    // (3) open parameters, their fields
    byte[] sealed = finished.getSealedParameters().toByteArray();
    ServerParameters contents =
        ServerParametersRules.parse(
            exchange.openParameters(crypto, sealed),
            exchange.offer().message(),
            exchange.isResumed());
    // (4) credential; a resumed server's facts were looked at before its ticket was offered
    ServerProof server =
        exchange.isResumed() ? resumed(exchange) : verified(contents, exchange, now);
    try (ChainSecret s3 = server.s3()) {
      // (5) server authenticator
      byte[] expected = KeySchedule.serverAuthenticator(s3, exchange.transcript().th2(sealed));
      if (!MessageDigest.isEqual(expected, finished.getAuthenticator().toByteArray())) {
        throw new AltsProtocolException(Alert.HANDSHAKE_FAILED, "server's authenticator is wrong");
      }
      // From here on the server is who it says, and may be told more (section 9).
      // (6) what it picked, against our own policy
      RecordProtocol recordProtocol = ServerParametersRules.recordProtocol(contents);
      if (!recordChoice.isAllowedWith(recordProtocol, server.reported())) {
        throw ServerChoice.nothingInCommon(
            "record protocol: %s is not allowed with %s"
                .formatted(recordProtocol.protocolName(), server.reported().spiffeId()));
      }
      AltsPeer peer = peer(server, contents, exchange, recordProtocol);
      // (7) name and policy
      new ServerAcceptance(credential, parameters.expected()).require(peer);
      // (8) ClientFinished, and the keys from then on
      byte[] th3 = exchange.transcript().th3(frame.encoded());
      Bytes clientFinished = clientFinished(KeySchedule.clientAuthenticator(s3, th3));
      TrafficKeys keys = KeySchedule.trafficKeys(crypto, s3, th3, recordProtocol);
      if (contents.hasNewTicket()) {
        keep(
            contents.getNewTicket(), KeySchedule.resumptionSecret(s3, exchange.th1()), server, now);
      }
      close();
      return new HandshakeStep.Established(clientFinished, peer, server.evidence(), keys);
    }
  }

  private static ServerFinished parse(ByteString body) throws AltsProtocolException {
    try {
      ServerFinished finished = MessageRules.parse(ServerFinished.parser(), body);
      MessageRules.requireLength(
          "authenticator", finished.getAuthenticator(), MessageRules.AUTHENTICATOR_BYTES);
      return finished;
    } catch (InvalidProtocolBufferException e) {
      throw new AltsProtocolException(Alert.BAD_MESSAGE, "ServerFinished: " + e.getMessage(), e);
    }
  }

  private ServerProof verified(ServerParameters contents, ClientExchange exchange, Instant now)
      throws AltsProtocolException {
    try {
      VerifiedPeer server =
          environment
              .verifier()
              .verify(
                  credential.verificationContext(), contents.getCredential(), PeerRole.SERVER, now);
      return ServerProof.ofCertificate(
          exchange.s3WithServerKey(server.x25519PublicKey()),
          server.facts(),
          exchange.suite(),
          now);
    } catch (PeerRejectedException e) {
      throw new AltsProtocolException(
          Alert.HANDSHAKE_FAILED, "server's credential: " + e.getMessage(), e);
    }
  }

  private static ServerProof resumed(ClientExchange exchange) {
    return ServerProof.ofTicket(exchange.s3(), exchange.offer().ticket(), exchange.suite());
  }

  private AltsPeer peer(
      ServerProof server,
      ServerParameters contents,
      ClientExchange exchange,
      RecordProtocol recordProtocol)
      throws AltsProtocolException {
    RpcVersions ours = parameters.negotiation().rpcVersions();
    RpcVersions theirs =
        contents.hasRpcVersions() ? MessageRules.rpcVersions(contents.getRpcVersions()) : null;
    if (ours != null && theirs != null && !ours.overlaps(theirs)) {
      throw ServerChoice.nothingInCommon("rpc version");
    }
    return new AltsPeer(
        server.reported(),
        credential.id(),
        recordProtocol.securityLevel(),
        exchange.suite(),
        recordProtocol.protocolName(),
        contents.getApplicationProtocol(),
        contents.getTransportProtocol(),
        theirs,
        MaxFrame.clamp(contents.getMaxFrameSize()),
        exchange.isResumed(),
        server.evidence().authenticatedAt());
  }

  private static Bytes clientFinished(byte[] authenticator) {
    ClientFinished message =
        ClientFinished.newBuilder().setAuthenticator(ByteString.copyFrom(authenticator)).build();
    return FrameType.CLIENT_FINISHED.encode(message);
  }

  private void keep(NewTicket wire, SecretBytes secret, ServerProof server, Instant now) {
    Instant end = now.plusSeconds(Integer.toUnsignedLong(wire.getLifetimeSeconds()));
    PeerFacts facts = server.evidence().facts();
    ClientTicket ticket =
        new ClientTicket(
            Bytes.copyOf(wire.getTicket().asReadOnlyByteBuffer()),
            secret,
            facts,
            server.evidence().authenticatedAt(),
            end.isBefore(facts.masterNotAfter()) ? end : facts.masterNotAfter(),
            server.weakestSuite());
    parameters.tickets().store(ticket);
  }

  private Instant now() {
    return environment.clock().instant().truncatedTo(ChronoUnit.SECONDS);
  }
}
