package dev.alts.handshake;

import com.google.protobuf.UnsafeByteOperations;
import dev.alts.crypto.AltsKdf;
import dev.alts.crypto.Crypto;
import dev.alts.crypto.MlKem768;
import dev.alts.frame.AltsProtocolException;
import dev.alts.frame.FrameType;
import dev.alts.identity.Bytes;
import dev.alts.identity.verify.PeerRole;
import dev.alts.peer.AltsPeer;
import dev.alts.peer.ChannelEvidence;
import dev.alts.record.MaxFrame;
import dev.alts.resumption.TicketKeyRing;
import dev.alts.wire.handshake.v1.Outcome;
import dev.alts.wire.handshake.v1.ServerFinished;
import dev.alts.wire.handshake.v1.ServerInit;
import dev.alts.wire.handshake.v1.ServerParameters;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;

/**
 * The expensive part of the server's work: key exchange, ServerInit, ServerFinished, and the keys
 * that follow (handshake.md sections 3, 4). One use.
 */
final class ServerFlightMaker {
  private static final byte[] NO_CONTEXT = new byte[0];

  private final HandshakeEnvironment environment;
  private final Crypto crypto;
  private final ServerHandshakeParameters parameters;
  private final TicketKeyRing ring;
  private final ServerTurn turn;

  ServerFlightMaker(
      HandshakeEnvironment environment,
      ServerHandshakeParameters parameters,
      TicketKeyRing ring,
      ServerTurn turn) {
    this.environment = environment;
    this.crypto = environment.crypto();
    this.parameters = parameters;
    this.ring = ring;
    this.turn = turn;
  }

  ServerFlight make() throws AltsProtocolException {
    // ServerInit, with the exchange done on the way
    byte[] random = new byte[MessageRules.RANDOM_BYTES];
    environment.random().nextBytes(random);
    ServerInit.Builder init =
        ServerInit.newBuilder()
            .setVersion(MessageRules.VERSION)
            .setRandom(UnsafeByteOperations.unsafeWrap(random))
            .setSuiteValue(turn.choice().suite().number())
            .setOutcome(outcome());
    Exchange exchange = turn.hasExchange() ? exchange(init) : noExchange();
    Bytes serverInit = FrameType.SERVER_INIT.encode(init.build());

    // Transcript and chain of secrets up to s2
    Transcript transcript = new Transcript(crypto, turn.frame().encoded(), serverInit);
    byte[] th1 = transcript.th1();
    ChainSecret s2 =
        initial().next(NO_CONTEXT, exchange.ephemeral()).next(th1, exchange.clientStatic());

    // Server parameters need the resumption secret from s3, and their key from s2, so: key, s3,
    // seal
    KeySchedule.ParameterKeys parameterKeys = KeySchedule.parameterKeys(s2, th1);
    try (ChainSecret s3 = s2.next(th1, exchange.serverStatic())) {
      ServerParameters.Builder contents = negotiated();
      new TicketIssue(environment, parameters, ring, turn)
          .issue(() -> KeySchedule.resumptionSecret(s3, th1))
          .ifPresent(contents::setNewTicket);
      byte[] sealed = parameterKeys.seal(crypto, contents.build().toByteArray());

      // ServerFinished
      byte[] authenticator = KeySchedule.serverAuthenticator(s3, transcript.th2(sealed));
      Bytes serverFinished =
          FrameType.SERVER_FINISHED.encode(
              ServerFinished.newBuilder()
                  .setSealedParameters(UnsafeByteOperations.unsafeWrap(sealed))
                  .setAuthenticator(UnsafeByteOperations.unsafeWrap(authenticator))
                  .build());

      // What will prove the client, and the keys from then on; s3 ends here
      byte[] th3 = transcript.th3(serverFinished);
      return new ServerFlight(
          together(serverInit, serverFinished),
          KeySchedule.clientAuthenticator(s3, th3),
          turn.client().notAfter(),
          peer(),
          evidence(),
          KeySchedule.trafficKeys(crypto, s3, th3, turn.recordProtocol()));
    } finally {
      parameterKeys.wipe();
    }
  }

  private static Bytes together(Bytes serverInit, Bytes serverFinished) {
    return Bytes.adopt(
        ByteBuffer.allocate(serverInit.length() + serverFinished.length())
            .put(serverInit.asByteBuffer())
            .put(serverFinished.asByteBuffer())
            .array());
  }

  private Outcome outcome() {
    return switch (turn.client()) {
      case Authentication.ByCertificate by -> Outcome.FULL;
      case Authentication.ByTicket by ->
          by.symmetric() ? Outcome.RESUMED_SYMMETRIC : Outcome.RESUMED_FORWARD_SECRET;
    };
  }

  private ChainSecret initial() {
    AltsKdf kdf = new AltsKdf(crypto.hkdf());
    return switch (turn.client()) {
      case Authentication.ByCertificate by -> ChainSecret.ofFullHandshake(kdf);
      case Authentication.ByTicket by ->
          ChainSecret.ofResumption(kdf, by.ticket().resumptionSecret());
    };
  }

  private static Exchange noExchange() {
    return new Exchange(Exchange.nothing(), Exchange.nothing(), Exchange.nothing());
  }

  /** Draws our ephemeral key, and puts what the client needs of the exchange into ServerInit. */
  private Exchange exchange(ServerInit.Builder init) throws AltsProtocolException {
    byte[] clientEphemeral = turn.init().getX25519Ephemeral().toByteArray();
    try (X25519Secret ephemeral = X25519Secret.draw(crypto.x25519(), environment.random())) {
      byte[] shared = ephemeral.agree(clientEphemeral);
      init.setX25519Ephemeral(UnsafeByteOperations.unsafeWrap(ephemeral.publicKey()));
      if (turn.choice().suite().isHybrid()) {
        shared = Exchange.hybrid(encapsulate(init), shared);
      }
      return switch (turn.client()) {
        case Authentication.ByCertificate by ->
            new Exchange(
                shared,
                ephemeral.agree(by.staticKey().toByteArray()),
                agreeStatic(clientEphemeral));
        case Authentication.ByTicket by ->
            new Exchange(shared, Exchange.nothing(), Exchange.nothing());
      };
    }
  }

  private byte[] encapsulate(ServerInit.Builder init) {
    byte[] seed = new byte[MlKem768.ENCAPSULATION_SEED_BYTES];
    environment.random().nextBytes(seed);
    MlKem768.Encapsulation encapsulation =
        crypto
            .mlKem768()
            .encapsulate(turn.init().getMlkem768EncapsulationKey().toByteArray(), seed);
    Arrays.fill(seed, (byte) 0);
    init.setMlkem768Ciphertext(UnsafeByteOperations.unsafeWrap(encapsulation.ciphertext()));
    return encapsulation.secret();
  }

  private byte[] agreeStatic(byte[] clientEphemeral) throws AltsProtocolException {
    try (X25519Secret ours =
        X25519Secret.copyOf(crypto.x25519(), parameters.credential().x25519PrivateKey())) {
      return ours.agree(clientEphemeral);
    }
  }

  private ServerParameters.Builder negotiated() {
    Negotiation own = parameters.negotiation();
    ServerParameters.Builder contents =
        ServerParameters.newBuilder()
            .setRecordProtocol(turn.recordProtocol().protocolName())
            .setApplicationProtocol(turn.choice().applicationProtocol())
            .setMaxFrameSize(own.maxFrameBytes())
            .setTransportProtocol(turn.choice().transportProtocol());
    if (own.rpcVersions() != null) {
      contents.setRpcVersions(MessageRules.wire(own.rpcVersions()));
    }
    if (turn.client() instanceof Authentication.ByCertificate) {
      contents.setCredential(MessageRules.wire(parameters.credential()));
    }
    return contents;
  }

  private AltsPeer peer() {
    return new AltsPeer(
        turn.client().facts(),
        parameters.credential().id(),
        turn.recordProtocol().securityLevel(),
        turn.choice().suite(),
        turn.recordProtocol().protocolName(),
        turn.choice().applicationProtocol(),
        turn.choice().transportProtocol(),
        turn.choice().clientRpcVersions(),
        MaxFrame.clamp(turn.init().getMaxFrameSize()),
        turn.client() instanceof Authentication.ByTicket,
        authenticatedAt());
  }

  private Instant authenticatedAt() {
    return switch (turn.client()) {
      case Authentication.ByCertificate by -> turn.now();
      case Authentication.ByTicket by -> by.ticket().session().authenticatedAt();
    };
  }

  private ChannelEvidence evidence() {
    return switch (turn.client()) {
      case Authentication.ByCertificate by ->
          new ChannelEvidence(by.facts(), PeerRole.CLIENT, false, authenticatedAt(), null);
      case Authentication.ByTicket by ->
          new ChannelEvidence(
              TicketJudge.recheckable(by.facts(), by.ticket().session()),
              PeerRole.CLIENT,
              true,
              authenticatedAt(),
              by.keyCreatedAt());
    };
  }
}
