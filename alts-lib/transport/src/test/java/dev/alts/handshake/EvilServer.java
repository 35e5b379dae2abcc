package dev.alts.handshake;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.alts.crypto.AltsKdf;
import dev.alts.crypto.Crypto;
import dev.alts.crypto.MlKem768;
import dev.alts.crypto.PaddedMessage;
import dev.alts.crypto.SmallOrderException;
import dev.alts.frame.FrameType;
import dev.alts.identity.Bytes;
import dev.alts.peer.Suite;
import dev.alts.wire.handshake.v1.ClientInit;
import dev.alts.wire.handshake.v1.Credential;
import dev.alts.wire.handshake.v1.Outcome;
import dev.alts.wire.handshake.v1.ServerFinished;
import dev.alts.wire.handshake.v1.ServerInit;
import dev.alts.wire.handshake.v1.ServerParameters;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * A server that holds real keys, does a full handshake by the book, and misbehaves exactly where it
 * is told to.
 */
final class EvilServer {
  private final Crypto crypto = Crypto.best();
  private final byte[] staticPrivate;
  private final Credential credential;
  private final byte[] ephemeral = new byte[32];

  Consumer<ServerInit.Builder> serverInit = init -> {};
  Consumer<ServerParameters.Builder> parameters = contents -> {};
  UnaryOperator<byte[]> plaintext = padded -> padded;
  UnaryOperator<byte[]> sealed = bytes -> bytes;
  Consumer<ServerFinished.Builder> finished = message -> {};
  private final byte[] clientStaticPublic;

  EvilServer(TestWorld.Party party, byte[] clientStaticPublic) {
    this.staticPrivate = party.x25519Private;
    this.credential = party.credential;
    this.clientStaticPublic = clientStaticPublic;
    new SecureRandom().nextBytes(ephemeral);
  }

  /** {@return ServerInit and ServerFinished} */
  Bytes answer(Bytes clientInitFrame) throws SmallOrderException {
    byte[] all = clientInitFrame.toByteArray();
    ClientInit client;
    try {
      client = ClientInit.parseFrom(Arrays.copyOfRange(all, 8, all.length));
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("our own client's message", e);
    }
    byte[] clientEphemeral = client.getX25519Ephemeral().toByteArray();
    MlKem768.Encapsulation kem =
        crypto
            .mlKem768()
            .encapsulate(client.getMlkem768EncapsulationKey().toByteArray(), new byte[32]);
    ServerInit.Builder init =
        ServerInit.newBuilder()
            .setVersion(1)
            .setRandom(ByteString.copyFrom(new byte[32]))
            .setSuiteValue(Suite.X25519MLKEM768_SHA256.number())
            .setX25519Ephemeral(ByteString.copyFrom(crypto.x25519().publicKey(ephemeral)))
            .setMlkem768Ciphertext(ByteString.copyFrom(kem.ciphertext()))
            .setOutcome(Outcome.FULL);
    serverInit.accept(init);
    byte[] serverInitFrame = FrameType.SERVER_INIT.encode(init.build().toByteArray());
    Transcript transcript = new Transcript(crypto, clientInitFrame, Bytes.copyOf(serverInitFrame));
    byte[] th1 = transcript.th1();
    ChainSecret s2 =
        ChainSecret.ofFullHandshake(new AltsKdf(crypto.hkdf()))
            .next(
                new byte[0],
                Exchange.hybrid(
                    kem.secret().clone(), crypto.x25519().agree(ephemeral, clientEphemeral)))
            .next(th1, crypto.x25519().agree(ephemeral, clientStaticPublic));
    byte[] paramsKey = s2.expand("server parameters", th1, 28);
    ChainSecret s3 = s2.next(th1, crypto.x25519().agree(staticPrivate, clientEphemeral));
    ServerParameters.Builder contents =
        ServerParameters.newBuilder()
            .setCredential(credential)
            .setRecordProtocol(client.getRecordProtocols(0))
            .setApplicationProtocol("grpc")
            .setRpcVersions(client.getRpcVersions())
            .setMaxFrameSize(1 << 20);
    parameters.accept(contents);
    byte[] sealedParameters =
        sealed.apply(
            crypto
                .aesGcm(Arrays.copyOf(paramsKey, 16))
                .seal(
                    Arrays.copyOfRange(paramsKey, 16, 28),
                    plaintext.apply(PaddedMessage.pad(contents.build().toByteArray())),
                    new byte[0]));
    ServerFinished.Builder message =
        ServerFinished.newBuilder()
            .setSealedParameters(ByteString.copyFrom(sealedParameters))
            .setAuthenticator(
                ByteString.copyFrom(
                    KeySchedule.serverAuthenticator(s3, transcript.th2(sealedParameters))));
    finished.accept(message);
    byte[] serverFinished = FrameType.SERVER_FINISHED.encode(message.build().toByteArray());
    return Bytes.fromHex(
        Bytes.copyOf(serverInitFrame).toHex() + Bytes.copyOf(serverFinished).toHex());
  }
}
