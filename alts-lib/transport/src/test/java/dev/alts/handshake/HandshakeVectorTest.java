package dev.alts.handshake;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.alts.crypto.Crypto;
import dev.alts.frame.AltsProtocolException;
import dev.alts.handshake.HandshakeStep.Established;
import dev.alts.identity.Bytes;
import dev.alts.identity.verify.PeerFacts;
import dev.alts.peer.AltsPeer;
import dev.alts.record.Direction;
import dev.alts.record.RecordOpener;
import dev.alts.record.RecordSealer;
import dev.alts.resumption.ClientTicket;
import dev.alts.testing.ScriptedRandom;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole handshakes, bit for bit, against an independent implementation of the specification. */
class HandshakeVectorTest {
  private static final int WHOLE = 1 << 20;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "full_hybrid",
        "full_classical",
        "resumed_fs_full_offer",
        "resumed_fs_lean",
        "resumed_symmetric",
        "rejected_then_full"
      })
  void handshakeIsTheVectorBitForBit(String name) throws AltsProtocolException {
    HandshakeVector vector = HandshakeVector.read(name);
    RecordingTickets tickets = new RecordingTickets(vector.offer());
    HandshakeEnvironment clientSide = vector.environment("client");
    HandshakeEnvironment serverSide = vector.environment("server");

    HandshakePair pair =
        new HandshakePair(
                new ClientHandshaker(clientSide, vector.clientParameters(tickets)),
                new ServerHandshaker(serverSide, vector.serverParameters()),
                WHOLE)
            .run();

    assertThat(pair.fromClient()).isEqualTo(vector.frames("client"));
    assertThat(joined(pair.fromServer())).isEqualTo(joined(vector.frames("server")));
    assertThat(((ScriptedRandom) clientSide.random()).remaining()).isZero();
    assertThat(((ScriptedRandom) serverSide.random()).remaining()).isZero();
    assertPeer(pair.clientResult(), vector.expected(), "client_sees");
    assertPeer(pair.serverResult(), vector.expected(), "server_sees");
    assertKeys(pair.clientResult(), vector.expected());
    assertKeys(pair.serverResult(), vector.expected());
    assertThat(tickets.stored()).hasSize(1);
    assertTicket(tickets.stored().getFirst(), vector.expected().getAsJsonObject("client_ticket"));
    assertRecords(pair, vector.expected());
  }

  private static Bytes joined(List<Bytes> parts) {
    return Bytes.fromHex(String.join("", parts.stream().map(Bytes::toHex).toList()));
  }

  private static void assertPeer(Established result, JsonObject expected, String who) {
    JsonObject sees = expected.getAsJsonObject(who);
    AltsPeer peer = result.peer();
    PeerFacts facts = HandshakeVector.facts(sees.getAsJsonObject("peer"));
    assertThat(peer.facts()).isEqualTo(facts);
    assertThat(peer.maxFrameBytes()).isEqualTo(sees.get("max_frame_size").getAsInt());
    assertThat(peer.authenticatedAt())
        .isEqualTo(Instant.ofEpochSecond(sees.get("authenticated_at").getAsLong()));
    assertThat(peer.suite().name()).isEqualTo(expected.get("suite").getAsString());
    assertThat(peer.recordProtocol()).isEqualTo(expected.get("record_protocol").getAsString());
    assertThat(peer.applicationProtocol())
        .isEqualTo(expected.get("application_protocol").getAsString());
    assertThat(peer.transportProtocol())
        .isEqualTo(expected.get("transport_protocol").getAsString());
    assertThat(peer.resumed())
        .isEqualTo(expected.get("outcome").getAsString().startsWith("RESUMED"));
  }

  private static void assertKeys(Established result, JsonObject expected) {
    assertThat(Bytes.copyOf(result.keys().keyData().exposeCopy()))
        .isEqualTo(HandshakeVector.hex(expected, "key_data"));
    for (JsonElement element : expected.getAsJsonArray("exports")) {
      JsonObject export = element.getAsJsonObject();
      assertThat(
              Bytes.copyOf(
                  result
                      .keys()
                      .exporter()
                      .exportSecret(
                          export.get("label").getAsString(),
                          HandshakeVector.hex(export, "context"),
                          export.get("n").getAsInt())
                      .exposeCopy()))
          .isEqualTo(HandshakeVector.hex(export, "value"));
    }
  }

  private static void assertTicket(ClientTicket ticket, JsonObject expected) {
    ClientTicket wanted = HandshakeVector.ticket(expected);
    assertThat(ticket.ticket()).isEqualTo(wanted.ticket());
    assertThat(ticket.resumptionSecret().equalsSecret(wanted.resumptionSecret())).isTrue();
    assertThat(ticket.server()).isEqualTo(wanted.server());
    assertThat(ticket.authenticatedAt()).isEqualTo(wanted.authenticatedAt());
    assertThat(ticket.dropAt()).isEqualTo(wanted.dropAt());
    assertThat(ticket.weakestSuite()).isEqualTo(wanted.weakestSuite());
  }

  private static void assertRecords(HandshakePair pair, JsonObject expected)
      throws AltsProtocolException {
    JsonObject records =
        expected
            .getAsJsonObject("records")
            .getAsJsonObject(expected.get("record_protocol").getAsString());
    assertRecords(
        pair.clientResult().keys(),
        pair.serverResult().keys(),
        Direction.CLIENT_TO_SERVER,
        records.getAsJsonArray("client_to_server"));
    assertRecords(
        pair.serverResult().keys(),
        pair.clientResult().keys(),
        Direction.SERVER_TO_CLIENT,
        records.getAsJsonArray("server_to_client"));
  }

  private static void assertRecords(
      TrafficKeys from, TrafficKeys to, Direction direction, Iterable<JsonElement> records)
      throws AltsProtocolException {
    RecordSealer sealer =
        RecordSealer.of(Crypto.best(), from.recordProtocol(), from.keyData(), direction);
    RecordOpener opener =
        RecordOpener.of(Crypto.best(), to.recordProtocol(), to.keyData(), direction);
    for (JsonElement element : records) {
      Bytes payload = HandshakeVector.hex(element.getAsJsonObject(), "payload");
      ByteBuffer frame = ByteBuffer.allocate(payload.length() + RecordSealer.OVERHEAD_BYTES);
      sealer.seal(payload.asByteBuffer(), frame);
      assertThat(Bytes.copyOf(frame.flip()))
          .isEqualTo(HandshakeVector.hex(element.getAsJsonObject(), "frame"));
      ByteBuffer opened = ByteBuffer.allocate(payload.length());
      opener.open(frame.position(8), opened);
      assertThat(Bytes.copyOf(opened.flip())).isEqualTo(payload);
    }
  }
}
