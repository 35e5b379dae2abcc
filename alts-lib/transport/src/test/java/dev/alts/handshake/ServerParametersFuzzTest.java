package dev.alts.handshake;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.alts.frame.AltsProtocolException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;

/**
 * Any ServerParameters from a server that knows all keys of the handshake, sealed and authenticated
 * as they should be: what is behind the cryptography has to stand by itself.
 */
@Tag("fuzz")
@Tag("abuse-27")
@Timeout(900)
class ServerParametersFuzzTest {
  private final ClientAtServerFinished setting = new ClientAtServerFinished("full_hybrid");

  @FuzzTest(maxDuration = "30s")
  void receive(byte[] serverParameters) throws AltsProtocolException {
    ClientHandshaker client = setting.client();
    try {
      client.receive(ByteBuffer.wrap(setting.authenticated(serverParameters)));
    } catch (AltsProtocolException refused) {
      Refusals.requireDeliberate(refused);
    } finally {
      client.close();
    }
  }
}
