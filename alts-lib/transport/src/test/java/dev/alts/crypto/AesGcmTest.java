package dev.alts.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.alts.testing.TestVectors;
import java.util.Arrays;
import java.util.List;
import javax.crypto.AEADBadTagException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AesGcmTest {
  static List<AeadFactory> providers() {
    return AeadFactory.availableForSealing();
  }

  @Test
  void bothOrdersHaveTheSameRungs() {
    assertThat(AeadFactory.availableForGmac())
        .extracting(AeadFactory::providerName)
        .containsExactlyInAnyOrderElementsOf(
            providers().stream().map(AeadFactory::providerName).toList());
  }

  @ParameterizedTest
  @MethodSource("providers")
  void sealsAndOpensAsWycheproofSays(AeadFactory factory) throws AEADBadTagException {
    for (WycheproofCases.Case one : WycheproofCases.read("aes_gcm_test.json")) {
      boolean ours =
          one.groupInt("ivSize") == 96
              && one.groupInt("tagSize") == 128
              && one.groupInt("keySize") != 192;
      if (!ours) {
        continue;
      }
      byte[] sealed = concat(one.hex("ct"), one.hex("tag"));
      AesGcm aead = factory.aesGcm(one.hex("key"));
      if (one.isValid()) {
        assertThat(aead.seal(one.hex("iv"), one.hex("msg"), one.hex("aad")))
            .as(one.id())
            .isEqualTo(sealed);
        assertThat(factory.aesGcm(one.hex("key")).open(one.hex("iv"), sealed, one.hex("aad")))
            .as(one.id())
            .isEqualTo(one.hex("msg"));
      } else {
        assertThatThrownBy(() -> aead.open(one.hex("iv"), sealed, one.hex("aad")))
            .as(one.id())
            .isInstanceOf(AEADBadTagException.class);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("providers")
  void authenticatesAsWycheproofSays(AeadFactory factory) {
    for (WycheproofCases.Case one : WycheproofCases.read("aes_gmac_test.json")) {
      if (one.groupInt("ivSize") != 96 || one.groupInt("keySize") == 192) {
        continue;
      }
      byte[] message = one.hex("msg");
      byte[] tag = new byte[AesGcm.TAG_BYTES];
      factory
          .aesGcm(one.hex("key"))
          .authenticate(one.hex("iv"), message, 0, message.length, tag, 0);
      assertThat(Arrays.equals(tag, one.hex("tag"))).as(one.id()).isEqualTo(one.isValid());
    }
  }

  @ParameterizedTest
  @MethodSource("providers")
  void sealsAndOpensInPlaceAsCavpSays(AeadFactory factory) {
    for (JsonElement element :
        TestVectors.read("nist/cavp_gcm_96iv.json").getAsJsonArray("tests")) {
      JsonObject test = element.getAsJsonObject();
      byte[] key = TestVectors.hex(test, "key");
      if (key.length == 24 || TestVectors.hex(test, "aad").length > 0) {
        continue;
      }
      byte[] sealed = concat(TestVectors.hex(test, "ct"), TestVectors.hex(test, "tag"));
      byte[] buffer = Arrays.copyOf(sealed, sealed.length);
      boolean valid = test.get("result").getAsString().equals("valid");
      boolean opened =
          factory
              .aesGcm(key)
              .open(TestVectors.hex(test, "iv"), buffer, 0, buffer.length, buffer, 0);
      assertThat(opened).as("%s", test.get("count")).isEqualTo(valid);
      if (valid) {
        byte[] plaintext = TestVectors.hex(test, "pt");
        assertThat(Arrays.copyOf(buffer, plaintext.length)).isEqualTo(plaintext);
        factory
            .aesGcm(key)
            .seal(TestVectors.hex(test, "iv"), buffer, 0, plaintext.length, buffer, 0);
        assertThat(buffer).isEqualTo(sealed);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("providers")
  void authenticatesAsCavpSays(AeadFactory factory) {
    for (JsonElement element :
        TestVectors.read("nist/cavp_gmac_96iv.json").getAsJsonArray("tests")) {
      JsonObject test = element.getAsJsonObject();
      byte[] key = TestVectors.hex(test, "key");
      if (key.length == 24) {
        continue;
      }
      byte[] data = TestVectors.hex(test, "aad");
      byte[] tag = new byte[AesGcm.TAG_BYTES];
      factory.aesGcm(key).authenticate(TestVectors.hex(test, "iv"), data, 0, data.length, tag, 0);
      assertThat(Arrays.equals(tag, TestVectors.hex(test, "tag")))
          .as("%s", test)
          .isEqualTo(test.get("result").getAsString().equals("valid"));
    }
  }

  private static byte[] concat(byte[] first, byte[] second) {
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }
}
