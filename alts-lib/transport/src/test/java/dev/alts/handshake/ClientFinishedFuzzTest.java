package dev.alts.handshake;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.alts.frame.AltsProtocolException;
import dev.alts.frame.FrameType;
import dev.alts.identity.Bytes;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;

/** Any body of a ClientFinished, to a server that waits for one: only one is accepted. */
@Tag("fuzz")
@Tag("abuse-27")
@Timeout(900)
class ClientFinishedFuzzTest {
  private static final HandshakeVector VECTOR = HandshakeVector.read("full_hybrid");
  private static final Bytes CLIENT_INIT = VECTOR.frames("client").get(0);
  private static final Bytes CLIENT_FINISHED = VECTOR.frames("client").get(1);

  @FuzzTest(maxDuration = "30s")
  void receive(byte[] body) throws AltsProtocolException {
    ServerHandshaker server =
        new ServerHandshaker(VECTOR.environment("server"), VECTOR.serverParameters());
    server.start();
    server.receive(CLIENT_INIT.asByteBuffer());
    byte[] frame = FrameType.CLIENT_FINISHED.encode(body);
    try {
      server.receive(ByteBuffer.wrap(frame));
      if (!Arrays.equals(frame, CLIENT_FINISHED.toByteArray())) {
        throw new AssertionError("a forged ClientFinished was accepted");
      }
    } catch (AltsProtocolException refused) {
      Refusals.requireDeliberate(refused);
    } finally {
      server.close();
    }
  }
}
