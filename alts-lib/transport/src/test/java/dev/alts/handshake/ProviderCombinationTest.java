package dev.alts.handshake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alts.crypto.AeadFactory;
import dev.alts.crypto.Crypto;
import dev.alts.crypto.MlKem768;
import dev.alts.crypto.X25519;
import dev.alts.frame.AltsProtocolException;
import dev.alts.identity.Bytes;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The same handshake, bit for bit, over every combination of providers on both ends. */
class ProviderCombinationTest {
  private static final int WHOLE = 1 << 20;

  @Test
  void providersChangeNothingButTheSpeed() throws AltsProtocolException {
    HandshakeVector vector = HandshakeVector.read("full_hybrid");
    List<Crypto> combinations = combinations();
    assertThat(combinations).hasSizeGreaterThanOrEqualTo(8);
    for (Crypto client : combinations) {
      for (Crypto server : combinations) {
        HandshakePair pair =
            new HandshakePair(
                    new ClientHandshaker(
                        vector.environment("client", client),
                        vector.clientParameters(new RecordingTickets(vector.offer()))),
                    new ServerHandshaker(
                        vector.environment("server", server), vector.serverParameters()),
                    WHOLE)
                .run();
        assertThat(pair.fromClient()).isEqualTo(vector.frames("client"));
        assertThat(Bytes.copyOf(pair.serverResult().keys().keyData().exposeCopy()))
            .isEqualTo(HandshakeVector.hex(vector.expected(), "key_data"));
      }
    }
  }

  private static List<Crypto> combinations() {
    List<Crypto> all = new ArrayList<>();
    for (X25519 x25519 : X25519.available()) {
      for (MlKem768 kem : MlKem768.available()) {
        for (AeadFactory aead : AeadFactory.availableForSealing()) {
          all.add(Crypto.of(x25519, kem, aead, aead));
        }
      }
    }
    return all;
  }
}
