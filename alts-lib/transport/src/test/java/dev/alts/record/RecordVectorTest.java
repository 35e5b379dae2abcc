package dev.alts.record;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.alts.crypto.AeadFactory;
import dev.alts.crypto.Crypto;
import dev.alts.crypto.MlKem768;
import dev.alts.crypto.X25519;
import dev.alts.frame.AltsProtocolException;
import dev.alts.identity.Bytes;
import dev.alts.testing.TestVectors;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Frames of all record protocols, bit for bit, over every provider. */
class RecordVectorTest {
  static List<Crypto> providers() {
    List<Crypto> all = new ArrayList<>();
    for (AeadFactory aead : AeadFactory.availableForSealing()) {
      all.add(
          Crypto.of(X25519.available().getFirst(), MlKem768.available().getFirst(), aead, aead));
    }
    return all;
  }

  @ParameterizedTest
  @MethodSource("providers")
  void framesAreTheVectorsBitForBit(Crypto crypto) throws AltsProtocolException {
    JsonObject json = frozen();
    byte[] keyData = hex(json, "key_data").toByteArray();
    int checked = 0;
    for (RecordProtocol protocol : RecordProtocol.values()) {
      JsonObject vectors =
          json.getAsJsonObject("protocols").getAsJsonObject(protocol.protocolName());
      for (JsonElement element : vectors.getAsJsonArray("frames")) {
        JsonObject vector = element.getAsJsonObject();
        Bytes payload = hex(vector, "payload");
        Bytes frame = hex(vector, "frame");

        assertThat(sealed(crypto, protocol, keyData, vector, payload)).isEqualTo(frame);
        assertThat(opened(crypto, protocol, keyData, vector, frame)).isEqualTo(payload);
        checked++;
      }
      assertThat(vectors.get("first_unusable_counter").getAsBigInteger())
          .isEqualTo(
              new BigInteger(Long.toUnsignedString(protocol.limits().lastCounter()))
                  .add(BigInteger.ONE));
    }
    assertThat(checked).isEqualTo(94);
  }

  @ParameterizedTest
  @MethodSource("providers")
  void rekeyingAeadIsThatOfPublicStacks(Crypto crypto) {
    for (JsonElement element :
        TestVectors.read("alts/alts_record_vectors.json").getAsJsonArray("aes128gcm_rekey_aead")) {
      JsonObject vector = element.getAsJsonObject();
      if (!vector.get("aad").getAsString().isEmpty()) {
        // ALTS records never have associated data.
        continue;
      }
      GcmRekeyCipher cipher = new GcmRekeyCipher(crypto, TestVectors.hex(vector, "key"));
      byte[] plaintext = TestVectors.hex(vector, "plaintext");
      byte[] out = new byte[plaintext.length + RecordCipher.TAG_BYTES];
      cipher.seal(TestVectors.hex(vector, "nonce"), plaintext, 0, plaintext.length, out, 0);
      assertThat(out)
          .as(vector.get("desc").getAsString())
          .isEqualTo(TestVectors.hex(vector, "ciphertext_and_tag"));
    }
  }

  @Test
  void countersStepAsInPublicStacks() throws AltsProtocolException {
    for (JsonElement element :
        TestVectors.read("alts/alts_record_vectors.json").getAsJsonArray("counter_increment")) {
      JsonObject vector = element.getAsJsonObject();
      byte[] counter = TestVectors.hex(vector, "counter");
      RecordSequence sequence = sequenceAt(counter, RecordLimits.ofCounterBits(64));
      assertThat(sequence.nonceFor(0)).isEqualTo(counter);
      sequence.advance(0);
      assertThat(sequence.nonceFor(0)).isEqualTo(TestVectors.hex(vector, "next"));
    }
  }

  private static RecordSequence sequenceAt(byte[] counter, RecordLimits limits) {
    ByteBuffer view = ByteBuffer.wrap(counter).order(ByteOrder.LITTLE_ENDIAN);
    return new RecordSequence(
        counter[11] < 0 ? Direction.SERVER_TO_CLIENT : Direction.CLIENT_TO_SERVER,
        limits,
        view.getLong(0),
        0);
  }

  private static Bytes sealed(
      Crypto crypto, RecordProtocol protocol, byte[] keyData, JsonObject vector, Bytes payload)
      throws AltsProtocolException {
    RecordSealer sealer =
        new RecordSealer(protocol.cipher(crypto, keyData), sequence(protocol, vector));
    ByteBuffer frame = ByteBuffer.allocate(payload.length() + RecordSealer.OVERHEAD_BYTES);
    sealer.seal(payload.asByteBuffer(), frame);
    return Bytes.copyOf(frame.flip());
  }

  private static Bytes opened(
      Crypto crypto, RecordProtocol protocol, byte[] keyData, JsonObject vector, Bytes frame)
      throws AltsProtocolException {
    RecordOpener opener =
        new RecordOpener(protocol.cipher(crypto, keyData), sequence(protocol, vector));
    ByteBuffer payload = ByteBuffer.allocate(frame.length());
    opener.open(frame.asByteBuffer().position(8), payload);
    return Bytes.copyOf(payload.flip());
  }

  private static RecordSequence sequence(RecordProtocol protocol, JsonObject vector) {
    return new RecordSequence(
        vector.get("from_server").getAsBoolean()
            ? Direction.SERVER_TO_CLIENT
            : Direction.CLIENT_TO_SERVER,
        protocol.limits(),
        vector.get("counter").getAsBigInteger().longValue(),
        0);
  }

  private static JsonObject frozen() {
    try (Reader reader =
        new InputStreamReader(
            RecordVectorTest.class.getResourceAsStream("/vectors/alts-handshake-v1/records.json"),
            StandardCharsets.UTF_8)) {
      return JsonParser.parseReader(reader).getAsJsonObject();
    } catch (IOException e) {
      throw new UncheckedIOException("reading records.json", e);
    }
  }

  private static Bytes hex(JsonObject object, String member) {
    return Bytes.fromHex(object.get(member).getAsString());
  }
}
