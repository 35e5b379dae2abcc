package dev.alts.handshake;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.alts.frame.AltsProtocolException;
import dev.alts.frame.FrameType;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;

/** Any body of a ServerInit. An input's first byte is the offer that it answers. */
@Tag("fuzz")
@Tag("abuse-27")
@Timeout(900)
class ServerInitFuzzTest {
  /** Each is good for one use of its tickets, so the client is made from it every time. */
  private static final List<HandshakeVector> OFFERS =
      List.of(
          HandshakeVector.read("full_hybrid"),
          HandshakeVector.read("full_classical"),
          HandshakeVector.read("resumed_fs_lean"),
          HandshakeVector.read("resumed_symmetric"));

  @FuzzTest(maxDuration = "30s")
  void receive(byte[] input) throws AltsProtocolException {
    if (input.length == 0) {
      return;
    }
    HandshakeVector vector = OFFERS.get(input[0] & 3);
    ClientHandshaker client =
        new ClientHandshaker(
            vector.environment("client"),
            vector.clientParameters(new RecordingTickets(vector.offer())));
    client.start();
    byte[] body = new byte[input.length - 1];
    System.arraycopy(input, 1, body, 0, body.length);
    try {
      client.receive(ByteBuffer.wrap(FrameType.SERVER_INIT.encode(body)));
    } catch (AltsProtocolException refused) {
      Refusals.requireDeliberate(refused);
    } catch (AssertionError endOfScript) {
      // RESUMPTION_REJECTED, which is answered with more randomness than the vector has.
      if (!endOfScript.getMessage().startsWith("draw of ")) {
        throw endOfScript;
      }
    } finally {
      client.close();
    }
  }
}
