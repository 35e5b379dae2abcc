package dev.alts.handshake;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.alts.frame.AltsProtocolException;
import dev.alts.frame.FrameType;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;

/** Any body of a ServerFinished, to a client that waits for one: only the right one completes. */
@Tag("fuzz")
@Tag("abuse-27")
@Timeout(900)
class ServerFinishedFuzzTest {
  private final ClientAtServerFinished setting = new ClientAtServerFinished("full_hybrid");

  @FuzzTest(maxDuration = "30s")
  void receive(byte[] body) throws AltsProtocolException {
    ClientHandshaker client = setting.client();
    byte[] frame = FrameType.SERVER_FINISHED.encode(body);
    try {
      client.receive(ByteBuffer.wrap(frame));
      // Protobuf has many encodings of one message, all of them the server's own words.
      if (!Arrays.equals(frame, setting.serverFinished().toByteArray())
          && !setting.hasSameContents(body)) {
        throw new AssertionError("a forged ServerFinished was accepted");
      }
    } catch (AltsProtocolException refused) {
      Refusals.requireDeliberate(refused);
    } finally {
      client.close();
    }
  }
}
