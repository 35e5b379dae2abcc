package dev.alts.handshake;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.alts.crypto.Crypto;
import dev.alts.frame.AltsProtocolException;
import dev.alts.identity.Bytes;
import dev.alts.identity.verify.PeerVerifier;
import dev.alts.resumption.ClientTicket;
import dev.alts.resumption.TicketKeyRing;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** Runs a case of our own vectors and says all that can be observed, as the files do. */
final class FrozenHandshake {
  private final HandshakeVector vector;
  private final RecordingTickets tickets;
  private final HandshakePair pair;

  private FrozenHandshake(HandshakeVector vector, RecordingTickets tickets, HandshakePair pair) {
    this.vector = vector;
    this.tickets = tickets;
    this.pair = pair;
  }

  static FrozenHandshake run(HandshakeVector vector, SecureRandom client, SecureRandom server)
      throws AltsProtocolException {
    RecordingTickets tickets = new RecordingTickets(vector.offer());
    return new FrozenHandshake(
        vector,
        tickets,
        new HandshakePair(
                new ClientHandshaker(environment(vector, client), vector.clientParameters(tickets)),
                new ServerHandshaker(environment(vector, server), vector.serverParameters()),
                1 << 20)
            .run());
  }

  static HandshakeEnvironment environment(HandshakeVector vector, SecureRandom random) {
    return new HandshakeEnvironment(
        Crypto.best(), new PeerVerifier(), InstantSource.fixed(vector.now()), random);
  }

  Optional<ClientTicket> ticket() {
    return tickets.stored().stream().findFirst();
  }

  /** {@return everything but the randomness} */
  JsonObject observed() {
    JsonObject observed = new JsonObject();
    observed.add("frames", frames());
    TrafficKeys keys = pair.clientResult().keys();
    observed.addProperty("key_data", Bytes.copyOf(keys.keyData().exposeCopy()).toHex());
    observed.addProperty(
        "export_test_32",
        Bytes.copyOf(keys.exporter().exportSecret("test", Bytes.empty(), 32).exposeCopy()).toHex());
    observed.addProperty(
        "same_keys", keys.keyData().equalsSecret(pair.serverResult().keys().keyData()));
    observed.add("client_sees", VectorJson.sees(pair.clientResult().peer()));
    observed.add("server_sees", VectorJson.sees(pair.serverResult().peer()));
    ticket()
        .ifPresent(ticket -> {
          observed.add("client_ticket", VectorJson.ticket(ticket));
          observed.add("ticket_body", ticketBody(ticket));
        });
    return observed;
  }

  private JsonObject ticketBody(ClientTicket ticket) {
    return VectorJson.ticketBody(
        TicketKeyRing.of(Crypto.best(), vector.serverParameters().credential())
            .open(ticket.ticket(), vector.now())
            .orElseThrow()
            .ticket());
  }

  private JsonArray frames() {
    JsonArray frames = new JsonArray();
    for (int i = 0; i < pair.fromClient().size(); i++) {
      frames.add(frame("client", pair.fromClient().get(i)));
      if (i < pair.fromServer().size()) {
        frames.add(frame("server", pair.fromServer().get(i)));
      }
    }
    return frames;
  }

  private static JsonObject frame(String from, Bytes bytes) {
    JsonObject frame = new JsonObject();
    frame.addProperty("from", from);
    frame.addProperty("bytes", bytes.toHex());
    return frame;
  }

  static List<String> topics() {
    return List.of("chained-resumption-v1", "boundaries-v1", "human-client-v1");
  }
}
