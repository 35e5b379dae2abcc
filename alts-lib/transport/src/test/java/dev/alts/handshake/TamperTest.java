package dev.alts.handshake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.alts.crypto.Crypto;
import dev.alts.frame.Alert;
import dev.alts.frame.AltsProtocolException;
import dev.alts.handshake.HandshakeStep.AwaitPeer;
import dev.alts.handshake.HandshakeStep.Established;
import dev.alts.handshake.HandshakeStep.Send;
import dev.alts.identity.Bytes;
import dev.alts.identity.verify.PeerVerifier;
import dev.alts.resumption.ResumptionOffer;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every bit of every frame of a handshake flipped, every frame cut short everywhere: both ends end
 * without keys, by an alert that tells nothing, and never by anything but a protocol exception.
 *
 * <p>The vectors' scripted randomness makes the frames the same each time, so one side can be run
 * alone against a recorded other side.
 */
@Tag("abuse-32")
class TamperTest {
  /** What may be said before the other's authenticator was verified (handshake.md section 9). */
  private static final Set<Alert> BEFORE_AUTHENTICATION =
      EnumSet.of(
          Alert.BAD_MESSAGE,
          Alert.UNSUPPORTED_VERSION,
          Alert.NO_COMMON_PARAMETERS,
          Alert.HANDSHAKE_FAILED);

  private final PeerVerifier verifier = new PeerVerifier();
  private final Map<HandshakeVector, ClientHandshakeParameters> clients = new HashMap<>();
  private final Map<HandshakeVector, ServerHandshakeParameters> servers = new HashMap<>();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "full_hybrid",
        "full_classical",
        "resumed_fs_full_offer",
        "resumed_fs_lean",
        "resumed_symmetric"
      })
  void everyFlippedBitOfClientInitEndsBothSides(String name) throws AltsProtocolException {
    HandshakeVector vector = HandshakeVector.read(name);
    Bytes clientInit = vector.frames("client").getFirst();

    for (int bit = 0; bit < 8 * clientInit.length(); bit++) {
      ServerHandshaker server = server(vector);
      server.start();
      Optional<Bytes> answer = feed(server, flipped(clientInit, bit), bit);
      if (answer.isPresent()) {
        ClientHandshaker client = client(vector);
        assertThat(((Send) client.start()).flight()).isEqualTo(clientInit);
        if (isRejection(answer.get())) {
          // Whoever can flip bits can refuse a lean offer; the client goes on in full, by design.
          assertThat(feed(client, answer.get().asByteBuffer(), bit)).isPresent();
        } else {
          assertRefused(client, answer.get().asByteBuffer(), bit);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"full_hybrid", "full_classical", "resumed_fs_lean", "resumed_symmetric"})
  void everyFlippedBitOfTheServersFlightEndsTheClient(String name) throws AltsProtocolException {
    HandshakeVector vector = HandshakeVector.read(name);
    Bytes flight =
        Bytes.fromHex(
            vector.frames("server").get(0).toHex() + vector.frames("server").get(1).toHex());

    for (int bit = 0; bit < 8 * flight.length(); bit++) {
      ClientHandshaker client = client(vector);
      client.start();
      assertRefused(client, flipped(flight, bit), bit);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"full_hybrid", "full_classical", "resumed_fs_lean", "resumed_symmetric"})
  void everyFlippedBitOfClientFinishedEndsTheServer(String name) throws AltsProtocolException {
    HandshakeVector vector = HandshakeVector.read(name);
    Bytes clientFinished = vector.frames("client").getLast();

    for (int bit = 0; bit < 8 * clientFinished.length(); bit++) {
      ServerHandshaker server = server(vector);
      server.start();
      server.receive(vector.frames("client").getFirst().asByteBuffer());
      assertRefused(server, flipped(clientFinished, bit), bit);
    }
  }

  @Test
  void handshakeCutShortAnywhereNeverYieldsKeys() throws AltsProtocolException {
    HandshakeVector vector = HandshakeVector.read("full_hybrid");
    Bytes clientInit = vector.frames("client").getFirst();
    Bytes clientFinished = vector.frames("client").getLast();
    Bytes flight =
        Bytes.fromHex(
            vector.frames("server").get(0).toHex() + vector.frames("server").get(1).toHex());

    for (int length = 0; length < clientInit.length(); length++) {
      ServerHandshaker server = server(vector);
      server.start();
      assertThat(feed(server, prefix(clientInit, length), length)).isEmpty();
      server.close();
    }
    for (int length = 0; length < flight.length(); length += 7) {
      ClientHandshaker client = client(vector);
      client.start();
      assertThat(feed(client, prefix(flight, length), length)).isEmpty();
      client.close();
    }
    ServerHandshaker server = server(vector);
    server.start();
    server.receive(clientInit.asByteBuffer());
    for (int i = 0; i < clientFinished.length() - 1; i++) {
      assertThat(server.receive(prefix(Bytes.copyOf(new byte[] {at(clientFinished, i)}), 1)))
          .isInstanceOf(AwaitPeer.class);
    }
  }

  private static byte at(Bytes bytes, int index) {
    return bytes.asByteBuffer().get(index);
  }

  private static ByteBuffer prefix(Bytes frame, int length) {
    return frame.asByteBuffer().limit(length);
  }

  private static ByteBuffer flipped(Bytes frame, int bit) {
    byte[] copy = frame.toByteArray();
    copy[bit / 8] ^= (byte) (1 << bit % 8);
    return ByteBuffer.wrap(copy);
  }

  private static boolean isRejection(Bytes answer) {
    // Without ephemeral key and ServerFinished it is 48 bytes.
    return answer.length() < 64;
  }

  private static void assertRefused(Handshaker handshaker, ByteBuffer in, int bit) {
    Optional<Bytes> sent = feed(handshaker, in, bit);
    assertThat(sent).as("bit %d", bit).isEmpty();
    handshaker.close();
  }

  /** {@return what is sent in answer; empty if it was refused, or waits for more bytes} */
  private static Optional<Bytes> feed(Handshaker handshaker, ByteBuffer in, int bit) {
    try {
      while (in.hasRemaining()) {
        switch (handshaker.receive(in)) {
          case AwaitPeer await -> {}
          case Send send -> {
            return Optional.of(send.flight());
          }
          case Established established -> fail("bit %d: established".formatted(bit));
        }
      }
      return Optional.empty();
    } catch (AltsProtocolException e) {
      // A flipped type can make a frame an alert of the peer, which is not answered.
      if (e.receivedAlert() == 0) {
        assertThat(BEFORE_AUTHENTICATION).as("bit %d", bit).contains(e.alert().orElseThrow());
      }
      return Optional.empty();
    }
  }

  private ClientHandshaker client(HandshakeVector vector) {
    ClientHandshakeParameters known =
        clients.computeIfAbsent(
            vector, v -> v.clientParameters(new RecordingTickets(new ResumptionOffer.None())));
    return new ClientHandshaker(
        environment(vector, "client"),
        new ClientHandshakeParameters(
            known.credential(),
            known.negotiation(),
            known.expected(),
            new RecordingTickets(vector.offer())));
  }

  private ServerHandshaker server(HandshakeVector vector) {
    return new ServerHandshaker(
        environment(vector, "server"),
        servers.computeIfAbsent(vector, HandshakeVector::serverParameters));
  }

  private HandshakeEnvironment environment(HandshakeVector vector, String side) {
    return new HandshakeEnvironment(
        Crypto.best(),
        verifier,
        InstantSource.fixed(vector.now()),
        new ScriptThenZeros(vector.draws(side)));
  }

  /** Zeros are for a second ClientInit, which the vectors of one handshake do not script. */
  private static final class ScriptThenZeros extends SecureRandom {
    private static final long serialVersionUID = 1L;
    private final transient Iterator<byte[]> draws;

    private ScriptThenZeros(List<byte[]> draws) {
      // No generator behind it: finding one would cost more than the handshake.
      super(null, null);
      this.draws = draws.iterator();
    }

    @Override
    public void nextBytes(byte[] bytes) {
      if (draws.hasNext()) {
        System.arraycopy(draws.next(), 0, bytes, 0, bytes.length);
      }
    }
  }
}
