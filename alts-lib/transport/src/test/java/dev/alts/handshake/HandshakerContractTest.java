package dev.alts.handshake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alts.frame.AltsProtocolException;
import dev.alts.handshake.HandshakeStep.Established;
import dev.alts.identity.Bytes;
import dev.alts.peer.SecurityLevel;
import dev.alts.peer.Suite;
import dev.alts.resumption.ClientTickets;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What holds for every handshake, however the transport cuts it. */
class HandshakerContractTest {
  @Nested
  class OverBuffersOfOneByte extends HandshakerContract {
    OverBuffersOfOneByte() {
      super(1);
    }
  }

  @Nested
  class OverBuffersOfNineBytes extends HandshakerContract {
    OverBuffersOfNineBytes() {
      super(9);
    }
  }

  @Nested
  class OverBuffersOf2048Bytes extends HandshakerContract {
    OverBuffersOf2048Bytes() {
      super(2048);
    }
  }

  abstract static class HandshakerContract {
    private final int bufferBytes;
    private final TestWorld world = new TestWorld();

    HandshakerContract(int bufferBytes) {
      this.bufferBytes = bufferBytes;
    }

    @Test
    void bothEndsSeeEachOtherAndHoldTheSameKeys() throws AltsProtocolException {
      HandshakePair pair = run(Negotiation.GRPC);

      assertThat(pair.clientResult().peer().id()).hasToString("spiffe://example.org/db");
      assertThat(pair.serverResult().peer().id()).hasToString("spiffe://example.org/web");
      assertThat(pair.clientResult().peer().localId()).isEqualTo(pair.serverResult().peer().id());
      assertThat(pair.clientResult().peer().suite()).isEqualTo(Suite.X25519MLKEM768_SHA256);
      assertThat(pair.clientResult().peer().securityLevel())
          .isEqualTo(SecurityLevel.INTEGRITY_ONLY);
      assertSameKeys(pair);
    }

    @Test
    void classicalSuiteWorksAsWell() throws AltsProtocolException {
      HandshakePair pair = run(withSuites(Suite.X25519_SHA256));

      assertThat(pair.serverResult().peer().suite()).isEqualTo(Suite.X25519_SHA256);
      assertSameKeys(pair);
    }

    @Test
    void recordsBehindClientFinishedStayInTheBuffer() throws AltsProtocolException {
      ClientHandshaker client = world.client(world.party("/web"));
      ServerHandshaker server = world.server(world.party("/db"));
      server.start();
      Bytes hello = ((HandshakeStep.Send) client.start()).flight();
      Bytes flight = ((HandshakeStep.Send) server.receive(hello.asByteBuffer())).flight();
      ByteBuffer in = flight.asByteBuffer();
      client.receive(in);
      Established done = (Established) client.receive(in);
      ByteBuffer last =
          ByteBuffer.allocate(done.lastFlight().length() + 3)
              .put(done.lastFlight().asByteBuffer())
              .put(new byte[] {7, 8, 9})
              .flip();

      assertThat(server.receive(last)).isInstanceOf(Established.class);

      assertThat(last.remaining()).isEqualTo(3);
    }

    @Test
    void handshakerIsDeadAfterItsEndAndAfterClose() throws AltsProtocolException {
      ClientHandshaker client = world.client(world.party("/web"));
      ServerHandshaker server = world.server(world.party("/db"));
      new HandshakePair(client, server, bufferBytes).run();

      assertThatThrownBy(() -> client.receive(ByteBuffer.allocate(1)))
          .isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> server.receive(ByteBuffer.allocate(1)))
          .isInstanceOf(IllegalStateException.class);
      ServerHandshaker closed = world.server(world.party("/db"));
      closed.start();
      closed.close();
      assertThatThrownBy(() -> closed.receive(ByteBuffer.allocate(1)))
          .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void nothingThatHoldsASecretPrintsIt() throws AltsProtocolException {
      HandshakePair pair = run(Negotiation.GRPC);

      String keyData = Bytes.copyOf(pair.clientResult().keys().keyData().exposeCopy()).toHex();
      assertThat(pair.clientResult().toString()).contains("redacted").doesNotContain(keyData);
      assertThat(pair.clientResult().keys().exporter().toString()).contains("redacted");
      assertThat(world.party("/web").snapshot().toString()).contains("redacted");
    }

    private HandshakePair run(Negotiation client) throws AltsProtocolException {
      return new HandshakePair(
              world.client(world.party("/web").snapshot(), client, ClientTickets.none()),
              world.server(world.party("/db")),
              bufferBytes)
          .run();
    }
  }

  static Negotiation withSuites(Suite... suites) {
    return new Negotiation(
        List.of(suites),
        Negotiation.GRPC.applicationProtocols(),
        List.of(),
        Negotiation.GRPC.rpcVersions(),
        Negotiation.GRPC.maxFrameBytes(),
        false);
  }

  static void assertSameKeys(HandshakePair pair) {
    TrafficKeys client = pair.clientResult().keys();
    TrafficKeys server = pair.serverResult().keys();
    assertThat(client.keyData().equalsSecret(server.keyData())).isTrue();
    assertThat(client.recordProtocol()).isEqualTo(server.recordProtocol());
    assertThat(
            client
                .exporter()
                .exportSecret("x", Bytes.empty(), 32)
                .equalsSecret(server.exporter().exportSecret("x", Bytes.empty(), 32)))
        .isTrue();
  }
}
