package dev.alts.handshake;

import com.google.gson.JsonObject;
import dev.alts.crypto.Crypto;
import dev.alts.frame.Alert;
import dev.alts.frame.AltsProtocolException;
import dev.alts.identity.Bytes;
import dev.alts.identity.SpiffeId;
import dev.alts.identity.verify.PeerVerifier;
import dev.alts.peer.PeerAuthorizer;
import dev.alts.testing.ManualClock;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;

/** One case of {@code negative-v1.json}: bytes that one side gets, and the alert it must answer. */
record NegativeCase(HandshakeVector setting, JsonObject json) {
  String name() {
    return json.get("name").getAsString();
  }

  Alert alert() {
    return Alert.valueOf(json.get("alert").getAsString());
  }

  /** {@return what the party answers; empty if it does not refuse} */
  Optional<Alert> answer() throws AltsProtocolException {
    ByteBuffer in = HandshakeVector.hex(json, "bytes").asByteBuffer();
    ManualClock clock = new ManualClock(setting.now());
    Handshaker party =
        json.get("to").getAsString().equals("client") ? client(clock) : server(clock);
    party.start();
    for (int i = 0; i < json.get("after").getAsInt(); i++) {
      feed(party, setting.frames("client").get(i).asByteBuffer());
    }
    clock.advance(Duration.ofSeconds(json.get("seconds_later").getAsLong()));
    try {
      feed(party, in);
      return Optional.empty();
    } catch (AltsProtocolException refused) {
      return refused.alert();
    } finally {
      party.close();
    }
  }

  private static void feed(Handshaker party, ByteBuffer in) throws AltsProtocolException {
    while (in.hasRemaining()) {
      if (party.receive(in) instanceof HandshakeStep.Established) {
        return;
      }
    }
  }

  private Handshaker client(ManualClock clock) {
    return new ClientHandshaker(
        environment(clock, "client"),
        setting.clientParameters(new RecordingTickets(setting.offer())));
  }

  private Handshaker server(ManualClock clock) {
    ServerHandshakeParameters parameters = setting.serverParameters();
    PeerAuthorizer authorizer =
        json.has("allowed_client")
            ? PeerAuthorizer.allow(SpiffeId.parse(json.get("allowed_client").getAsString()))
            : parameters.authorizer();
    WorkPermit permit =
        json.has("above_budget") && json.get("above_budget").getAsBoolean()
            ? () -> false
            : parameters.permit();
    return new ServerHandshaker(
        environment(clock, "server"),
        new ServerHandshakeParameters(
            parameters.credential(), parameters.negotiation(), authorizer, permit));
  }

  private HandshakeEnvironment environment(ManualClock clock, String side) {
    return new HandshakeEnvironment(Crypto.best(), new PeerVerifier(), clock, setting.random(side));
  }

  @Override
  public String toString() {
    return name();
  }

  static JsonObject of(
      String setting, String name, String to, int after, Bytes bytes, Alert alert) {
    JsonObject json = new JsonObject();
    json.addProperty("name", name);
    json.addProperty("setting", setting);
    json.addProperty("to", to);
    json.addProperty("after", after);
    json.addProperty("seconds_later", 0);
    json.addProperty("bytes", bytes.toHex());
    json.addProperty("alert", alert.name());
    return json;
  }
}
