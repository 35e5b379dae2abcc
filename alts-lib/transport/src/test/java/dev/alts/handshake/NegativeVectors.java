package dev.alts.handshake;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.alts.crypto.Crypto;
import dev.alts.frame.AltsProtocolException;
import dev.alts.resumption.ClientTicket;
import java.util.List;
import java.util.Optional;

/** Makes {@code negative-v1.json}: good settings, and what must be refused in each of them. */
final class NegativeVectors {
  private static final List<String> PROTOCOLS =
      List.of("ALTSRP_GMAC_128", "ALTSRP_GCM_AES128_REKEY");

  private final TestWorld world = new TestWorld();
  private final TestWorld.Party web = world.party("/shop/web");
  private final TestWorld.Party db = world.party("/shop/db");

  JsonObject make() throws AltsProtocolException {
    JsonObject plain = inputs("full");
    FrozenHandshake full = complete(plain);
    JsonObject lean = inputs("lean");
    ClientTicket ticket = full.ticket().orElseThrow();
    lean.add("offer", VectorJson.offer(ticket, 1, true));
    // This server has lost its keys, so the lean offer is rejected.
    lean.getAsJsonObject("server_config").add("resumption_keys", new JsonArray());
    FrozenHandshake unused = complete(lean);

    JsonObject settings = new JsonObject();
    settings.add("full", plain);
    settings.add("lean", lean);
    JsonArray cases = new JsonArray();
    new NegativeToServer(world, web, HandshakeVector.of(plain), HandshakeVector.of(lean))
        .cases()
        .forEach(cases::add);
    new NegativeToClient(world, db, publicKey(web), HandshakeVector.of(plain))
        .cases()
        .forEach(cases::add);
    JsonObject file = new JsonObject();
    file.addProperty("description", "What must be refused, and with which alert");
    file.addProperty("protocol", "ALTS handshake, version 1");
    file.add("settings", settings);
    file.add("cases", cases);
    requireRefused(settings, cases);
    return file;
  }

  private JsonObject inputs(String name) {
    JsonObject json =
        FrozenVectors.setting(
            world, name, TestWorld.START, VectorJson.party(web), VectorJson.party(db));
    json.add("client_config", VectorJson.config(PROTOCOLS, 1, 2));
    return json;
  }

  private static FrozenHandshake complete(JsonObject json) throws AltsProtocolException {
    String name = json.get("name").getAsString();
    SeededRandom client = new SeededRandom("negative/" + name + "/client");
    SeededRandom server = new SeededRandom("negative/" + name + "/server");
    FrozenHandshake handshake = FrozenHandshake.run(HandshakeVector.of(json), client, server);
    JsonObject expected = handshake.observed();
    expected.add("randomness", FrozenVectors.randomness(client, server));
    json.add("expect", expected);
    return handshake;
  }

  private static byte[] publicKey(TestWorld.Party party) {
    return Crypto.best().x25519().publicKey(party.x25519Private);
  }

  /** A case that is not refused as it says must not get into the file. */
  private static void requireRefused(JsonObject settings, JsonArray cases)
      throws AltsProtocolException {
    for (JsonElement element : cases) {
      JsonObject json = element.getAsJsonObject();
      NegativeCase made =
          new NegativeCase(
              HandshakeVector.of(settings.getAsJsonObject(json.get("setting").getAsString())),
              json);
      if (!made.answer().equals(Optional.of(made.alert()))) {
        throw new AssertionError(
            "%s: %s (expected: %s)".formatted(made.name(), made.answer(), made.alert()));
      }
    }
  }
}
