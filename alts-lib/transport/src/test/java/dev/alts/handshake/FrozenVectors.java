package dev.alts.handshake;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import dev.alts.frame.AltsProtocolException;
import dev.alts.resumption.ClientTicket;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;

/**
 * Makes our own frozen vectors, with new certificates and scripted randomness. To be run once for a
 * new version of a file, never to make a failing test pass: the files are the wire format.
 */
final class FrozenVectors {
  private static final String GMAC = "ALTSRP_GMAC_128";
  private static final String VMAC = "ALTSRP_VMAC_128";
  private static final String REKEY = "ALTSRP_GCM_AES128_REKEY";
  private static final List<String> EVERYTHING = List.of(GMAC, VMAC, REKEY);
  private static final int FORWARD_SECRET = 1;
  private static final int SYMMETRIC = 2;

  private final TestWorld world = new TestWorld();
  private final JsonObject web = VectorJson.party(world.party("/shop/web"));
  private final JsonObject db = VectorJson.party(world.party("/shop/db"));
  private Instant now = TestWorld.START;

  /** A case and the ticket that it left to the client, if any. */
  private record Made(JsonObject json, ClientTicket ticket) {}

  private FrozenVectors() {}

  /** Writes all files into the directory that the only argument names. */
  public static void main(String[] arguments) throws IOException, AltsProtocolException {
    Path directory = Path.of(arguments[0]);
    write(directory, "chained-resumption-v1", new FrozenVectors().chainedResumption());
    write(directory, "boundaries-v1", new FrozenVectors().boundaries());
    write(directory, "human-client-v1", new FrozenVectors().humanClient());
    write(directory, "negative-v1", new NegativeVectors().make());
  }

  private static void write(Path directory, String topic, JsonObject contents) throws IOException {
    Files.writeString(
        directory.resolve(topic + ".json"),
        new GsonBuilder()
                .serializeNulls()
                .setPrettyPrinting()
                .disableHtmlEscaping()
                .create()
                .toJson(contents)
            + "\n");
  }

  private JsonObject chainedResumption() throws AltsProtocolException {
    JsonObject replica = VectorJson.party(world.party("/shop/db"));
    Made full = made("full", web, db, inputs -> {});
    later();
    Made second =
        made(
            "forward-secret-full-offer",
            web,
            replica,
            inputs -> offer(inputs, full.ticket(), FORWARD_SECRET, false));
    later();
    Made third =
        made(
            "forward-secret-lean-classical",
            web,
            db,
            inputs -> {
              offer(inputs, second.ticket(), FORWARD_SECRET, true);
              inputs.add("client_config", VectorJson.config(EVERYTHING, 2));
            });
    later();
    Made fourth =
        made(
            "symmetric",
            web,
            replica,
            inputs -> {
              offer(inputs, third.ticket(), SYMMETRIC, true);
              inputs.add("client_config", VectorJson.config(EVERYTHING, 2));
            });
    later();
    Made fifth =
        made(
            "symmetric-refused-for-its-weakest-suite",
            web,
            db,
            inputs -> offer(inputs, fourth.ticket(), SYMMETRIC, true));
    return file(
        "One session over four handshakes, two replicas and three suites' choices; then a refusal",
        full,
        second,
        third,
        fourth,
        fifth);
  }

  private JsonObject boundaries() throws AltsProtocolException {
    JsonObject elsewhere = VectorJson.party(world.party(world.domain, "/shop/db", "dc2"));
    JsonObject nowhere = VectorJson.party(world.party(world.domain, "/shop/web", ""));
    JsonObject nowhereToo = VectorJson.party(world.party(world.domain, "/shop/db", ""));
    JsonObject foreign = VectorJson.party(world.party(world.foreign, "/shop/web", "dc1"));
    Made inside = made("inside", web, db, inputs -> {});
    return file(
        "Integrity alone inside one boundary of one trust domain, encryption everywhere else",
        inside,
        made(
            "inside-vmac",
            web,
            db,
            inputs ->
                inputs.add("client_config", VectorJson.config(List.of(VMAC, GMAC, REKEY), 1, 2))),
        made("across", web, elsewhere, inputs -> {}),
        made("without-boundaries", nowhere, nowhereToo, inputs -> {}),
        made("server-demands", web, db, inputs -> requirePrivacy(inputs, "server_config")),
        made("client-demands", web, db, inputs -> requirePrivacy(inputs, "client_config")),
        made(
            "foreign-client",
            foreign,
            db,
            inputs -> inputs.add("allowed_server", db.get("spiffe_id"))),
        made(
            "resumed-stricter",
            web,
            db,
            inputs -> {
              offer(inputs, inside.ticket(), FORWARD_SECRET, true);
              requirePrivacy(inputs, "server_config");
            }));
  }

  private JsonObject humanClient() throws AltsProtocolException {
    JsonObject alice = VectorJson.party(world.party("/human/alice"));
    return file(
        "A human client: no ticket, and encrypted even inside the boundary",
        made("human", alice, db, inputs -> {}),
        made(
            "human-classical",
            alice,
            db,
            inputs -> inputs.add("client_config", VectorJson.config(EVERYTHING, 2))));
  }

  private Made made(String name, JsonObject client, JsonObject server, Consumer<JsonObject> change)
      throws AltsProtocolException {
    JsonObject json = setting(world, name, now, client, server);
    change.accept(json);
    HandshakeVector vector = HandshakeVector.of(json);
    SeededRandom clientRandom = new SeededRandom(name + "/client");
    SeededRandom serverRandom = new SeededRandom(name + "/server");
    FrozenHandshake handshake = FrozenHandshake.run(vector, clientRandom, serverRandom);
    JsonObject expected = handshake.observed();
    expected.add("randomness", randomness(clientRandom, serverRandom));
    json.add("expect", expected);
    return new Made(json, handshake.ticket().orElse(null));
  }

  /** {@return the inputs of a full handshake, with everything allowed} */
  static JsonObject setting(
      TestWorld world, String name, Instant now, JsonObject client, JsonObject server) {
    JsonObject json = new JsonObject();
    json.addProperty("name", name);
    json.addProperty("now", now.getEpochSecond());
    json.add("trust", VectorJson.trust(world.domain, world.foreign));
    json.add("client", client);
    json.add("server", server);
    json.add("client_config", VectorJson.config(EVERYTHING, 1, 2));
    JsonObject serverConfig = VectorJson.config(EVERYTHING, 1, 2);
    serverConfig.add(
        "resumption_keys",
        VectorJson.resumptionKeys(
            TestWorld.resumptionKey(1, TestWorld.START.minus(Duration.ofMinutes(10)))));
    json.add("server_config", serverConfig);
    json.add("offer", JsonNull.INSTANCE);
    return json;
  }

  static JsonObject randomness(SeededRandom client, SeededRandom server) {
    JsonObject randomness = new JsonObject();
    randomness.add("client", client.draws());
    randomness.add("server", server.draws());
    return randomness;
  }

  private void later() {
    now = now.plus(Duration.ofMinutes(10));
  }

  private static void offer(JsonObject inputs, ClientTicket ticket, int mode, boolean lean) {
    inputs.add("offer", VectorJson.offer(ticket, mode, lean));
  }

  private static void requirePrivacy(JsonObject inputs, String side) {
    inputs.getAsJsonObject(side).addProperty("require_privacy", true);
  }

  private static JsonObject file(String description, Made... cases) {
    JsonObject file = new JsonObject();
    file.addProperty("description", description);
    file.addProperty("protocol", "ALTS handshake, version 1");
    JsonArray array = new JsonArray();
    for (Made made : cases) {
      array.add(made.json());
    }
    file.add("cases", array);
    return file;
  }
}
