package dev.alts.handshake;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.alts.crypto.Crypto;
import dev.alts.frame.AltsProtocolException;
import dev.alts.frame.FrameType;
import dev.alts.identity.verify.PeerVerifier;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.InstantSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;

/**
 * Any body of a ClientInit, sent twice, since a lean one that is refused may be followed by one.
 */
@Tag("fuzz")
@Tag("abuse-27")
@Timeout(900)
class ClientInitFuzzTest {
  private static final HandshakeVector VECTOR = HandshakeVector.read("resumed_fs_lean");

  private final HandshakeEnvironment environment =
      new HandshakeEnvironment(
          Crypto.best(), new PeerVerifier(), InstantSource.fixed(VECTOR.now()), new SecureRandom());

  @FuzzTest(maxDuration = "30s")
  void receive(byte[] body) {
    ServerHandshaker server = new ServerHandshaker(environment, VECTOR.serverParameters());
    server.start();
    byte[] frame = FrameType.CLIENT_INIT.encode(body);
    try {
      server.receive(ByteBuffer.wrap(frame));
      server.receive(ByteBuffer.wrap(frame));
      throw new AssertionError("the same ClientInit was answered twice");
    } catch (AltsProtocolException refused) {
      Refusals.requireDeliberate(refused);
    } finally {
      server.close();
    }
  }
}
