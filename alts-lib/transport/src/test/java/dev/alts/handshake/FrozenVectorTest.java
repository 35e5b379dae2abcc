package dev.alts.handshake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.google.gson.JsonObject;
import dev.alts.frame.AltsProtocolException;
import dev.alts.testing.ScriptedRandom;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Our own vectors, bit for bit. They are the wire format: where this fails, the code is wrong, or a
 * decision record says why the files change ({@link FrozenVectors} makes them).
 */
class FrozenVectorTest {
  private static final int HYBRID = 1;
  private static final int CLASSICAL = 2;

  static Stream<HandshakeVector> cases() {
    return FrozenHandshake.topics().stream()
        .flatMap(topic -> HandshakeVector.readCases(topic).stream());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void handshakeIsTheVectorBitForBit(HandshakeVector vector) throws AltsProtocolException {
    ScriptedRandom client = (ScriptedRandom) vector.random("client");
    ScriptedRandom server = (ScriptedRandom) vector.random("server");
    JsonObject expected = vector.expected().deepCopy();
    expected.remove("randomness");

    JsonObject observed = FrozenHandshake.run(vector, client, server).observed();

    assertThat(observed).isEqualTo(expected);
    assertThat(client.remaining()).isZero();
    assertThat(server.remaining()).isZero();
    assertThat(observed.get("same_keys").getAsBoolean()).isTrue();
  }

  @Test
  void chainCopiesFactsAndExpiryCountsUpAndKeepsTheWeakestSuite() {
    List<JsonObject> bodies =
        HandshakeVector.readCases("chained-resumption-v1").stream()
            .map(vector -> vector.expected().getAsJsonObject("ticket_body"))
            .toList();
    List<JsonObject> chain = bodies.subList(0, 4);

    assertThat(chain)
        .extracting(body -> body.get("resumptions").getAsInt())
        .containsExactly(0, 1, 2, 3);
    assertThat(chain)
        .extracting(body -> body.get("weakest_suite").getAsInt())
        .containsExactly(HYBRID, HYBRID, CLASSICAL, CLASSICAL);
    for (String copied : List.of("peer", "authenticated_at", "expires_at")) {
      assertThat(chain).extracting(body -> body.get(copied)).containsOnly(chain.get(0).get(copied));
    }
    // Symmetric mode over what is chosen today but was weaker once: refused, so a new session.
    assertThat(bodies.get(4).get("resumptions").getAsInt()).isZero();
    assertThat(bodies.get(4).get("weakest_suite").getAsInt()).isEqualTo(HYBRID);
  }

  @Test
  void integrityAloneIsOnlyChosenInsideABoundary() {
    assertThat(HandshakeVector.readCases("boundaries-v1"))
        .extracting(
            HandshakeVector::toString,
            vector ->
                vector
                    .expected()
                    .getAsJsonObject("server_sees")
                    .get("security_level")
                    .getAsString())
        .containsExactly(
            tuple("inside", "INTEGRITY_ONLY"),
            tuple("inside-vmac", "INTEGRITY_ONLY"),
            tuple("across", "INTEGRITY_AND_PRIVACY"),
            tuple("without-boundaries", "INTEGRITY_AND_PRIVACY"),
            tuple("server-demands", "INTEGRITY_AND_PRIVACY"),
            tuple("client-demands", "INTEGRITY_AND_PRIVACY"),
            tuple("foreign-client", "INTEGRITY_AND_PRIVACY"),
            tuple("resumed-stricter", "INTEGRITY_AND_PRIVACY"));
  }

  @Test
  void humanGetsNoTicketAndIsAlwaysEncrypted() {
    for (HandshakeVector vector : HandshakeVector.readCases("human-client-v1")) {
      assertThat(vector.expected().has("client_ticket")).isFalse();
      JsonObject sees = vector.expected().getAsJsonObject("server_sees");
      assertThat(sees.getAsJsonObject("peer").get("kind").getAsInt()).isEqualTo(3);
      assertThat(sees.get("security_level").getAsString()).isEqualTo("INTEGRITY_AND_PRIVACY");
    }
  }
}
