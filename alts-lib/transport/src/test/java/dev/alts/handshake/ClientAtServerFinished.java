package dev.alts.handshake;

import com.google.gson.JsonObject;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.alts.crypto.Crypto;
import dev.alts.crypto.PaddedMessage;
import dev.alts.frame.AltsProtocolException;
import dev.alts.frame.FrameType;
import dev.alts.identity.Bytes;
import dev.alts.wire.handshake.v1.ServerFinished;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The client of a frozen vector, brought to where it waits for ServerFinished. */
final class ClientAtServerFinished {
  private final HandshakeVector vector;
  private final Bytes serverInit;
  private final Bytes serverFinished;
  private final Transcript transcript;

  ClientAtServerFinished(String vectorName) {
    this.vector = HandshakeVector.read(vectorName);
    this.serverInit = vector.frames("server").get(0);
    this.serverFinished = vector.frames("server").get(1);
    this.transcript = new Transcript(Crypto.best(), vector.frames("client").get(0), serverInit);
  }

  ClientHandshaker client() throws AltsProtocolException {
    ClientHandshaker client =
        new ClientHandshaker(
            vector.environment("client"),
            vector.clientParameters(new RecordingTickets(vector.offer())));
    client.start();
    client.receive(serverInit.asByteBuffer());
    return client;
  }

  Bytes serverFinished() {
    return serverFinished;
  }

  boolean hasSameContents(byte[] body) {
    byte[] right = serverFinished.toByteArray();
    try {
      ServerFinished theirs = ServerFinished.parseFrom(body);
      ServerFinished ours = ServerFinished.parseFrom(Arrays.copyOfRange(right, 8, right.length));
      return theirs.getSealedParameters().equals(ours.getSealedParameters())
          && theirs.getAuthenticator().equals(ours.getAuthenticator());
    } catch (InvalidProtocolBufferException e) {
      return false;
    }
  }

  /** {@return a ServerFinished frame with these parameters, sealed and authenticated} */
  byte[] authenticated(byte[] serverParameters) {
    JsonObject schedule = vector.schedule();
    byte[] sealed =
        Crypto.best()
            .aesGcm(HandshakeVector.hex(schedule, "params_key").toByteArray())
            .seal(
                HandshakeVector.hex(schedule, "params_nonce").toByteArray(),
                PaddedMessage.pad(serverParameters),
                new byte[0]);
    byte[] authenticator =
        hmac(
            HandshakeVector.hex(schedule, "server_finished_key").toByteArray(),
            transcript.th2(sealed));
    return FrameType.SERVER_FINISHED.encode(
        ServerFinished.newBuilder()
            .setSealedParameters(ByteString.copyFrom(sealed))
            .setAuthenticator(ByteString.copyFrom(authenticator))
            .build()
            .toByteArray());
  }

  private static byte[] hmac(byte[] key, byte[] data) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(data);
    } catch (GeneralSecurityException e) {
      throw new AssertionError("every Java platform has HmacSHA256", e);
    }
  }
}
