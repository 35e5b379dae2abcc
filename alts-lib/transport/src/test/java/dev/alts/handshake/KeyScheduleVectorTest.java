package dev.alts.handshake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.alts.crypto.AltsKdf;
import dev.alts.crypto.Crypto;
import dev.alts.crypto.MlKem768;
import dev.alts.crypto.PaddedMessage;
import dev.alts.crypto.SmallOrderException;
import dev.alts.identity.Bytes;
import dev.alts.identity.SecretBytes;
import dev.alts.record.RecordProtocol;
import dev.alts.resumption.ResumptionOffer;
import dev.alts.wire.handshake.v1.ServerFinished;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every intermediate value of the vectors, from the exchange to the last key. */
class KeyScheduleVectorTest {
  private static final byte[] NOTHING = new byte[0];

  private final Crypto crypto = Crypto.best();
  private final AltsKdf kdf = new AltsKdf(crypto.hkdf());

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
  void everySecretHashAndKeyIsTheVectors(String name) throws Exception {
    HandshakeVector vector = HandshakeVector.read(name);
    JsonObject schedule = vector.schedule();
    JsonObject exchange = vector.exchange();
    boolean resumed = vector.expected().get("outcome").getAsString().startsWith("RESUMED");
    Bytes clientInit = vector.frames("client").get(vector.frames("client").size() - 2);
    Bytes serverInit = vector.frames("server").get(vector.frames("server").size() - 2);
    Bytes serverFinished = vector.frames("server").getLast();
    Transcript transcript = new Transcript(crypto, clientInit, serverInit);
    byte[] th1 = transcript.th1();
    assertIs(th1, schedule, "th1");

    ChainSecret s0 =
        resumed
            ? ChainSecret.ofResumption(kdf, offeredSecret(vector))
            : ChainSecret.ofFullHandshake(kdf);
    assertIs(s0.value(), schedule, "s0");
    ChainSecret s1 = s0.next(NOTHING, ephemeralInput(exchange));
    assertIs(s1.value(), schedule, "s1");
    ChainSecret s2 = s1.next(th1, input(exchange, "dh_sc_es"));
    assertIs(s2.value(), schedule, "s2");
    byte[] params = s2.expand("server parameters", th1, 28);
    assertThat(Bytes.copyOf(params).toHex())
        .isEqualTo(
            schedule.get("params_key").getAsString() + schedule.get("params_nonce").getAsString());
    KeySchedule.ParameterKeys parameterKeys = KeySchedule.parameterKeys(s2, th1);
    ChainSecret s3 = s2.next(th1, input(exchange, "dh_ec_ss"));
    assertIs(s3.value(), schedule, "s3");

    ServerFinished finished =
        ServerFinished.parseFrom(
            Arrays.copyOfRange(serverFinished.toByteArray(), 8, serverFinished.length()));
    byte[] sealed = finished.getSealedParameters().toByteArray();
    byte[] th2 = transcript.th2(sealed);
    assertIs(th2, schedule, "th2");
    byte[] th3 = transcript.th3(serverFinished);
    assertIs(th3, schedule, "th3");
    byte[] parameters = parameterKeys.open(crypto, sealed);
    assertIs(parameters, vector.expected(), "server_parameters");
    assertIs(PaddedMessage.pad(parameters), vector.expected(), "server_parameters_plaintext");
    assertIs(s3.expand("server finished", NOTHING, 32), schedule, "server_finished_key");
    assertIs(s3.expand("client finished", NOTHING, 32), schedule, "client_finished_key");
    assertThat(KeySchedule.serverAuthenticator(s3, th2))
        .isEqualTo(finished.getAuthenticator().toByteArray());
    assertIs(KeySchedule.resumptionSecret(s3, th1), schedule, "resumption_secret");
    assertIs(s3.expand("exporter", th3, 32), schedule, "exporter");
    for (Map.Entry<String, JsonElement> record :
        vector.expected().getAsJsonObject("records").entrySet()) {
      RecordProtocol protocol = RecordProtocol.ofName(record.getKey()).orElseThrow();
      assertIs(
          KeySchedule.trafficKeys(crypto, s3, th3, protocol).keyData(),
          record.getValue().getAsJsonObject(),
          "key_data");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"full_hybrid", "full_classical", "rejected_then_full"})
  void diffieHellmanAndKemResultsAreTheVectors(String name) throws SmallOrderException {
    HandshakeVector vector = HandshakeVector.read(name);
    JsonObject exchange = vector.exchange();
    byte[] clientStatic = bytes(vector.client(), "x25519_static_private");
    byte[] serverStatic = bytes(vector.server(), "x25519_static_private");
    byte[] ec = bytes(exchange, "ec_public");
    byte[] es = bytes(exchange, "es_public");

    assertIs(crypto.x25519().agree(clientStatic, es), exchange, "dh_sc_es");
    assertIs(crypto.x25519().agree(serverStatic, ec), exchange, "dh_ec_ss");
    assertIs(crypto.x25519().publicKey(clientStatic), vector.client(), "x25519_static_public");
    if (exchange.has("mlkem") && !exchange.get("mlkem").isJsonNull()) {
      JsonObject mlkem = exchange.getAsJsonObject("mlkem");
      MlKem768.KemKeyPair pair = crypto.mlKem768().generate(bytes(mlkem, "seed_d_z"));
      assertIs(pair.encapsulationKey(), mlkem, "encapsulation_key");
      MlKem768.Encapsulation encapsulation =
          crypto.mlKem768().encapsulate(pair.encapsulationKey(), bytes(mlkem, "m"));
      assertIs(encapsulation.ciphertext(), mlkem, "ciphertext");
      assertIs(encapsulation.secret(), mlkem, "shared_secret");
      assertIs(
          crypto.mlKem768().decapsulate(pair, encapsulation.ciphertext()), mlkem, "shared_secret");
    }
  }

  @Test
  void secretsAreWipedOnceTheChainHasMovedOn() {
    ChainSecret s0 = ChainSecret.ofFullHandshake(kdf);

    byte[] input = new byte[] {1, 2, 3};
    ChainSecret s1 = s0.next(NOTHING, input);

    assertThat(input).containsOnly(0);
    assertThatThrownBy(() -> s0.value().exposeCopy()).isInstanceOf(IllegalStateException.class);
    assertThat(s1.toString()).contains("redacted");
  }

  private static SecretBytes offeredSecret(HandshakeVector vector) {
    return switch (vector.offer()) {
      case ResumptionOffer.None none -> throw new IllegalStateException();
      case ResumptionOffer.Full full -> full.ticket().resumptionSecret();
      case ResumptionOffer.Lean lean -> lean.ticket().resumptionSecret();
      case ResumptionOffer.Symmetric symmetric -> symmetric.ticket().resumptionSecret();
    };
  }

  private static byte[] ephemeralInput(JsonObject exchange) {
    if (!exchange.has("dh_ec_es")) {
      return Exchange.nothing();
    }
    byte[] dh = bytes(exchange, "dh_ec_es");
    return exchange.has("mlkem") && !exchange.get("mlkem").isJsonNull()
        ? Exchange.hybrid(bytes(exchange.getAsJsonObject("mlkem"), "shared_secret"), dh)
        : dh;
  }

  private static byte[] input(JsonObject exchange, String member) {
    return exchange.has(member) ? bytes(exchange, member) : Exchange.nothing();
  }

  private static byte[] bytes(JsonObject object, String member) {
    return HandshakeVector.hex(object, member).toByteArray();
  }

  private static void assertIs(SecretBytes actual, JsonObject expected, String member) {
    assertIs(actual.exposeCopy(), expected, member);
  }

  private static void assertIs(byte[] actual, JsonObject expected, String member) {
    assertThat(Bytes.copyOf(actual)).as(member).isEqualTo(HandshakeVector.hex(expected, member));
  }
}
